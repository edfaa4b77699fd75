package io.sdros.server.settings;

import io.sdros.server.text.Parsed;
import io.sdros.transport.undertow.HostPolicy;

/** Reads the host names under which a page over plain http is taken for the server's own. */
final class AllowedHosts {

    private static final String ACCEPTED =
        "own, * (any), or a comma-separated list of host names without scheme and port, which are allowed besides the own ones";

    private AllowedHosts() {
    }

    static ValueType<HostPolicy> type() {
        return new ValueType<>(ACCEPTED, AllowedHosts::parse);
    }

    private static Parsed<HostPolicy> parse(String text) {
        try {
            return Parsed.of(HostPolicy.parse(text));
        } catch (IllegalArgumentException e) {
            return Parsed.rejected(e.getMessage());
        }
    }
}

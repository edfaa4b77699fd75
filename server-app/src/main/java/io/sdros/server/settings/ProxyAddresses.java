package io.sdros.server.settings;

import io.sdros.server.text.Parsed;
import io.sdros.transport.undertow.TrustedProxies;

/** Reads the list of reverse proxies. */
final class ProxyAddresses {

    private static final String ACCEPTED =
        "a comma-separated list of IP addresses and networks, like 10.0.0.5, 172.16.0.0/12 or fd00::/8";

    private ProxyAddresses() {
    }

    static ValueType<TrustedProxies> type() {
        return new ValueType<>(ACCEPTED, ProxyAddresses::parse);
    }

    private static Parsed<TrustedProxies> parse(String text) {
        try {
            return Parsed.of(TrustedProxies.parse(text));
        } catch (IllegalArgumentException e) {
            return Parsed.rejected(e.getMessage());
        }
    }
}

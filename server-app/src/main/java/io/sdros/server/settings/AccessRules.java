package io.sdros.server.settings;

import io.sdros.server.text.Json;
import io.sdros.server.text.Parsed;
import io.sdros.transport.undertow.HostPolicy;
import io.sdros.transport.undertow.OriginPolicy;
import io.sdros.transport.undertow.TrustedProxies;
import java.util.function.Function;

/** Who may connect, in the transport's words: it reads these itself. */
final class AccessRules {

    private AccessRules() {
    }

    /** Which web pages may connect. */
    static ValueType<OriginPolicy> origins() {
        return type("same-origin, * (any), or a comma-separated list of scheme://host[:port] in which same-origin may stand too",
            OriginPolicy::parse);
    }

    /** The host names under which a page over plain http is taken for the server's own. */
    static ValueType<HostPolicy> hosts() {
        return type("own, * (any), or a comma-separated list of host names without scheme and port, which are allowed besides the own ones",
            HostPolicy::parse);
    }

    /** The reverse proxies. */
    static ValueType<TrustedProxies> proxies() {
        return type("a comma-separated list of IP addresses and networks, like 10.0.0.5, 172.16.0.0/12 or fd00::/8", TrustedProxies::parse);
    }

    private static <T> ValueType<T> type(String accepted, Function<String, T> parser) {
        return new ValueType<>(accepted, text -> {
            try {
                return Parsed.of(parser.apply(text));
            } catch (IllegalArgumentException e) {
                return Parsed.rejected(Json.escape(e.getMessage()));
            }
        });
    }
}

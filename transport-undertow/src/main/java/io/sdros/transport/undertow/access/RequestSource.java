package io.sdros.transport.undertow.access;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Where a request came from and what its sender called this server. Behind a trusted proxy the proxy says so, else the
 * connection and the Host header do.
 *
 * @param client the nearest address that is no trusted proxy
 * @param scheme {@code http} or {@code https} as the client used it; empty if only an unnamed proxy could know
 * @param host   host and port as in a Host header; empty if there is none or more than one
 */
public record RequestSource(InetAddress client, Optional<String> scheme, String host) {

    private static final HttpString FORWARDED_HOST = new HttpString("X-Forwarded-Host");
    private static final HttpString FORWARDED_PORT = new HttpString("X-Forwarded-Port");
    private static final HttpString FORWARDED_PROTO = new HttpString("X-Forwarded-Proto");
    private static final HttpString FORWARDED_FOR = new HttpString("X-Forwarded-For");

    private static final Pattern PORT = Pattern.compile("\\d{1,5}");

    public static RequestSource of(HttpServerExchange exchange, Predicate<InetAddress> trusted) {
        InetAddress peer = exchange.getSourceAddress().getAddress();
        // Without TLS here there may be TLS in front, at a proxy nobody has named: then the scheme is not known.
        Optional<String> ownScheme = exchange.getConnection().getSslSessionInfo() == null
                ? Optional.empty() : Optional.of("https");
        List<String> hosts = all(exchange, Headers.HOST);
        String host = hosts.size() == 1 ? hosts.get(0) : "";
        if (!trusted.test(peer)) {
            return new RequestSource(peer, ownScheme, host);
        }
        // The last entry is the trusted proxy's own; whatever stands before it, anybody may have written.
        return new RequestSource(client(peer, listed(exchange, FORWARDED_FOR), trusted),
                last(listed(exchange, FORWARDED_PROTO)).or(() -> ownScheme),
                withPort(last(listed(exchange, FORWARDED_HOST)).orElse(host), last(listed(exchange, FORWARDED_PORT))));
    }

    /** Some proxies tell the port only apart from the host. */
    private static String withPort(String host, Optional<String> port) {
        boolean told = host.indexOf(':', host.indexOf(']') + 1) >= 0;
        return told || host.isEmpty() ? host : port.filter(PORT.asMatchPredicate()).map(number -> host + ":" + number).orElse(host);
    }

    /** From the right: each trusted hop vouches for the entry before its own, the first other one for nothing. */
    public static InetAddress client(InetAddress peer, List<String> hops, Predicate<InetAddress> trusted) {
        InetAddress nearest = peer;
        for (int i = hops.size() - 1; i >= 0 && trusted.test(nearest); i--) {
            Optional<InetAddress> hop = IpLiteral.parseHop(hops.get(i));
            if (hop.isEmpty()) {
                return nearest;
            }
            nearest = hop.get();
        }
        return nearest;
    }

    private static Optional<String> last(List<String> values) {
        return values.isEmpty() ? Optional.empty() : Optional.of(values.get(values.size() - 1));
    }

    private static List<String> listed(HttpServerExchange exchange, HttpString name) {
        List<String> entries = new ArrayList<>();
        all(exchange, name).forEach(line -> entries.addAll(Arrays.asList(line.split(","))));
        return entries.stream().map(String::trim).filter(entry -> !entry.isEmpty()).toList();
    }

    private static List<String> all(HttpServerExchange exchange, HttpString name) {
        HeaderValues values = exchange.getRequestHeaders().get(name);
        return values == null ? List.of() : List.copyOf(values);
    }
}

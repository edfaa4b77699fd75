package io.sdros.server.settings;

import io.sdros.server.text.Parsed;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the address to listen on; the host is resolved here, at start, so that a wrong name is reported with the other wrong settings. */
final class ListenAddress {

    private static final String ACCEPTED =
        "host:port, like 0.0.0.0:8080, [::]:8080 or :8080 (every address); port 0 to 65535, 0 for any free one";
    // [ip6]:port, or host:port where the host may be empty.
    private static final Pattern FORM = Pattern.compile("(?<host>\\[[0-9A-Za-z:.%_-]+]|[A-Za-z0-9._-]*):(?<port>[0-9]{1,5})");
    private static final Pattern NUMBERS_AND_DOTS = Pattern.compile("[0-9.]+");
    private static final String NO_IPV4 = "not an IPv4 address";
    private static final int LAST_PORT = 65_535;

    private ListenAddress() {
    }

    static ValueType<InetSocketAddress> type(HostResolver resolver) {
        return new ValueType<>(ACCEPTED, text -> parse(text, resolver));
    }

    private static Parsed<InetSocketAddress> parse(String text, HostResolver resolver) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            boolean bareIpv6 = text.indexOf(':') != text.lastIndexOf(':') && !text.startsWith("[");
            return Parsed.rejected(bareIpv6 ? "an IPv6 address stands in brackets" : "");
        }
        int port = Integer.parseInt(form.group("port"));
        if (port > LAST_PORT) {
            return Parsed.rejected("there is no port " + port);
        }
        String host = form.group("host");
        if (host.isEmpty()) {
            return Parsed.of(new InetSocketAddress(port));
        }
        boolean numeric = NUMBERS_AND_DOTS.matcher(host).matches();
        try {
            InetAddress address = resolver.resolve(host);
            // The JDK reads "10.1" as 10.0.0.1 and "80" as 0.0.0.80: never what was meant.
            return numeric && !address.getHostAddress().equals(host)
                ? Parsed.rejected(NO_IPV4)
                : Parsed.of(new InetSocketAddress(address, port));
        } catch (UnknownHostException e) {
            return Parsed.rejected(numeric ? NO_IPV4 : "the host cannot be resolved");
        }
    }
}

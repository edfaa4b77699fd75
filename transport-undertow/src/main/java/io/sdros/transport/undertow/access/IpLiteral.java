package io.sdros.transport.undertow.access;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/** Addresses written as numbers. No name is ever looked up: what is read here may come from anybody. */
public final class IpLiteral {

    private static final int OCTETS = 4;
    private static final int LONGEST = 45;
    private static final int IPV6_NETWORK_BYTES = 8;
    private static final Pattern IPV4 = Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){" + OCTETS + "}");
    private static final Pattern IPV6_CHARACTERS = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    private IpLiteral() {
    }

    /** Empty for anything but an IPv4 address with four numbers or an IPv6 address without brackets and zone. */
    public static Optional<InetAddress> parse(String text) {
        if (text.length() > LONGEST || !IPV4.matcher(text).matches() && !IPV6_CHARACTERS.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(text)); // with a colon in it, it is never taken for a name
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /** The same for an entry of X-Forwarded-For, which may carry brackets and a port. */
    static Optional<InetAddress> parseHop(String text) {
        int bracket = text.indexOf(']');
        if (text.startsWith("[") && bracket > 0) {
            return parse(text.substring(1, bracket));
        }
        int colon = text.indexOf(':');
        boolean ipv4WithPort = colon > 0 && colon == text.lastIndexOf(':');
        return parse(ipv4WithPort ? text.substring(0, colon) : text);
    }

    /** What one subscriber of an access provider has: an IPv4 address, or an IPv6 network of 64 bits. */
    public static InetAddress subscriber(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address;
        }
        byte[] bytes = address.getAddress();
        Arrays.fill(bytes, IPV6_NETWORK_BYTES, bytes.length, (byte) 0);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("16 bytes are an address", e);
        }
    }
}

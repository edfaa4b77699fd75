package io.sdros.transport.undertow.access;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Optional;

/** An address or a network written as {@code address/bits}. Immutable. */
public final class IpNetwork {

    private static final String EXPECTED = "an address or network such as 10.0.0.5, 172.16.0.0/12 or fd00::/8 is expected";

    private final byte[] prefix;
    private final int bits;

    private IpNetwork(byte[] prefix, int bits) {
        this.prefix = prefix;
        this.bits = bits;
    }

    /**
     * Names are not accepted, and no network of everybody.
     *
     * @throws IllegalArgumentException naming the entry
     */
    public static IpNetwork parse(String entry) {
        int slash = entry.indexOf('/');
        Optional<InetAddress> address = IpLiteral.parse(slash < 0 ? entry : entry.substring(0, slash));
        if (address.isEmpty()) {
            throw new IllegalArgumentException("'" + entry + "': " + EXPECTED);
        }
        byte[] bytes = address.get().getAddress();
        int most = bytes.length * Byte.SIZE;
        return new IpNetwork(bytes, slash < 0 ? most : bits(entry, entry.substring(slash + 1), most));
    }

    /** False for an address of the other family. */
    public boolean contains(InetAddress other) {
        byte[] address = other.getAddress();
        int whole = bits / Byte.SIZE;
        if (address.length != prefix.length || !Arrays.equals(address, 0, whole, prefix, 0, whole)) {
            return false;
        }
        int rest = bits % Byte.SIZE;
        int mask = 0xFF << Byte.SIZE - rest & 0xFF;
        return rest == 0 || ((address[whole] ^ prefix[whole]) & mask) == 0;
    }

    private static int bits(String entry, String text, int most) {
        int bits = text.matches("\\d{1,3}") ? Integer.parseInt(text) : -1;
        if (bits == 0) {
            throw new IllegalArgumentException("'" + entry + "' would believe everybody");
        }
        if (bits < 0 || bits > most) {
            throw new IllegalArgumentException("'" + entry + "': " + EXPECTED);
        }
        return bits;
    }
}

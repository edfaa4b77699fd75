package io.sdros.transport.undertow;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The reverse proxies whose X-Forwarded-* headers are believed. Immutable. */
public final class TrustedProxies {

    private static final String EXPECTED = "an address or network such as 10.0.0.5, 172.16.0.0/12 or fd00::/8 is expected";

    private final List<Network> networks;
    private final String text;

    private record Network(byte[] prefix, int bits) {

        boolean contains(byte[] address) {
            if (address.length != prefix.length) {
                return false;
            }
            int whole = bits / Byte.SIZE;
            for (int i = 0; i < whole; i++) {
                if (address[i] != prefix[i]) {
                    return false;
                }
            }
            int rest = bits % Byte.SIZE;
            int mask = 0xFF << Byte.SIZE - rest & 0xFF;
            return rest == 0 || ((address[whole] ^ prefix[whole]) & mask) == 0;
        }
    }

    private TrustedProxies(List<Network> networks, String text) {
        this.networks = List.copyOf(networks);
        this.text = text;
    }

    /** Nobody is believed. */
    public static TrustedProxies none() {
        return new TrustedProxies(List.of(), "");
    }

    /**
     * Reads a comma-separated list of addresses and networks ({@code address/bits}). Names are not accepted.
     *
     * @throws IllegalArgumentException naming the entry that is neither
     */
    public static TrustedProxies parse(String text) {
        List<Network> networks = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            networks.add(network(part.trim()));
        }
        return new TrustedProxies(networks, text);
    }

    boolean trusts(InetAddress address) {
        byte[] bytes = address.getAddress();
        return networks.stream().anyMatch(network -> network.contains(bytes));
    }

    /** As it was written. */
    @Override
    public String toString() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TrustedProxies proxies && text.equals(proxies.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    private static Network network(String entry) {
        int slash = entry.indexOf('/');
        Optional<InetAddress> address = IpLiteral.parse(slash < 0 ? entry : entry.substring(0, slash));
        if (address.isEmpty()) {
            throw new IllegalArgumentException("'" + entry + "': " + EXPECTED);
        }
        byte[] bytes = address.get().getAddress();
        int most = bytes.length * Byte.SIZE;
        return new Network(bytes, slash < 0 ? most : bits(entry, entry.substring(slash + 1), most));
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

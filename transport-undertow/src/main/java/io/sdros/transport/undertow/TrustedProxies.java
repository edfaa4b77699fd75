package io.sdros.transport.undertow;

import io.sdros.transport.undertow.access.IpNetwork;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** The reverse proxies whose X-Forwarded-* headers are believed. Immutable. */
public final class TrustedProxies {

    private final List<IpNetwork> networks;
    private final String text;

    private TrustedProxies(List<IpNetwork> networks, String text) {
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
        List<IpNetwork> networks = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            networks.add(IpNetwork.parse(part.trim()));
        }
        return new TrustedProxies(networks, text);
    }

    boolean trusts(InetAddress address) {
        return networks.stream().anyMatch(network -> network.contains(address));
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
}

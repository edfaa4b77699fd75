package io.sdros.transport.undertow.access;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts clients per address against a limit; IPv6 addresses count by their network of 64 bits, which one subscriber
 * has. Keeps nothing of an address nobody is connected from. Any thread.
 */
public final class AddressSeats {

    private final int limit;
    private final ConcurrentHashMap<InetAddress, Integer> taken = new ConcurrentHashMap<>();

    /** A limit of 0 means none. */
    public AddressSeats(int limit) {
        this.limit = limit;
    }

    public boolean full(InetAddress address) {
        return limit > 0 && taken.getOrDefault(IpLiteral.subscriber(address), 0) >= limit;
    }

    /** Each seat taken is to be released once, with the same address. */
    public boolean take(InetAddress address) {
        if (limit == 0) {
            return true;
        }
        boolean[] got = {false};
        taken.compute(IpLiteral.subscriber(address), (key, before) -> {
            int seats = before == null ? 0 : before;
            got[0] = seats < limit;
            return got[0] ? Integer.valueOf(seats + 1) : before;
        });
        return got[0];
    }

    public void release(InetAddress address) {
        if (limit > 0) {
            taken.computeIfPresent(IpLiteral.subscriber(address), (key, seats) -> seats == 1 ? null : seats - 1);
        }
    }

    /** How many addresses somebody is connected from. */
    public int addresses() {
        return taken.size();
    }
}

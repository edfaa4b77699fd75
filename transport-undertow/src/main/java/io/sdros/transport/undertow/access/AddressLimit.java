package io.sdros.transport.undertow.access;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts clients per address against a limit; IPv6 addresses count by their network of 64 bits, which one subscriber
 * has. Keeps nothing of an address nobody is connected from. Any thread.
 */
public final class AddressLimit {

    private final int limit;
    private final ConcurrentHashMap<InetAddress, Integer> taken = new ConcurrentHashMap<>();

    /** A limit of 0 means none. */
    public AddressLimit(int limit) {
        this.limit = limit;
    }

    public boolean reached(InetAddress address) {
        return limit > 0 && taken.getOrDefault(IpLiteral.subscriber(address), 0) >= limit;
    }

    /** False if the limit is reached. What was acquired is to be released once, with the same address. */
    public boolean tryAcquire(InetAddress address) {
        if (limit == 0) {
            return true;
        }
        boolean[] got = {false};
        taken.compute(IpLiteral.subscriber(address), (key, before) -> {
            int count = before == null ? 0 : before;
            got[0] = count < limit;
            return got[0] ? Integer.valueOf(count + 1) : before;
        });
        return got[0];
    }

    public void release(InetAddress address) {
        if (limit > 0) {
            taken.computeIfPresent(IpLiteral.subscriber(address), (key, count) -> count == 1 ? null : count - 1);
        }
    }

    /** How many addresses somebody is connected from. */
    public int addresses() {
        return taken.size();
    }
}

package io.sdros.server.rate;

import java.util.Random;
import java.util.function.LongToDoubleFunction;

/** One way through a network: a router's queue, a rate that may change, a delay, jitter that keeps the order, loss in bursts. */
final class Link {

    private static final int HEADERS_BYTES = 52;

    private final Timeline time;
    private final Random random;
    private final LinkProfile profile;
    private boolean losing;
    private long freeNanos;
    private long lastDueNanos;

    /**
     * What a link is like.
     *
     * @param rateBps by the time; 0 while nothing passes
     * @param delayNanos one way
     * @param loss share of the packets
     * @param burst packets lost in a row, on average
     */
    record LinkProfile(String name, LongToDoubleFunction rateBps, long delayNanos, long jitterNanos, double loss, double burst,
            long queueBytes) {
    }

    Link(Timeline time, Random random, LinkProfile profile) {
        this.time = time;
        this.random = random;
        this.profile = profile;
    }

    long delayNanos() {
        return profile.delayNanos();
    }

    /** Takes a packet; {@code arrived} is run when it is through, if it is not lost. */
    void send(int payloadBytes, Runnable arrived) {
        if (isLost()) {
            return;
        }
        long now = time.now();
        double rate = profile.rateBps().applyAsDouble(Math.max(now, freeNanos));
        if (rate <= 0) {
            return;
        }
        int bytes = payloadBytes + HEADERS_BYTES;
        if (freeNanos > now && (freeNanos - now) * rate / 8e9 + bytes > profile.queueBytes()) {
            return;
        }
        freeNanos = Math.max(freeNanos, now) + (long) (bytes * 8e9 / rate);
        lastDueNanos = Math.max(lastDueNanos,
                freeNanos + profile.delayNanos() + (long) (profile.jitterNanos() * random.nextDouble()));
        time.at(lastDueNanos, arrived);
    }

    private boolean isLost() {
        if (profile.loss() == 0) {
            return false;
        }
        losing = losing ? random.nextDouble() >= 1 / profile.burst()
                : random.nextDouble() < profile.loss() / profile.burst() / (1 - profile.loss());
        return losing;
    }
}

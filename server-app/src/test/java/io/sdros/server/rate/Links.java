package io.sdros.server.rate;

import io.sdros.server.rate.Link.LinkProfile;
import java.util.Random;
import java.util.function.LongToDoubleFunction;

/** Ways to a viewer, by name; delays are one way. */
final class Links {

    static final LinkProfile FAST = steady("100 Mbit, 1 ms", 100, 1, 0, 0, 1, 256);
    static final LinkProfile JITTER = steady("20 Mbit, 15 ms, 10 ms jitter", 20, 15, 10, 0, 1, 256);
    static final LinkProfile LOSS = steady("20 Mbit, 15 ms, 1 % loss", 20, 15, 0, 0.01, 1, 256);
    static final LinkProfile BURSTS = steady("20 Mbit, 30 ms, 3 % loss in bursts of 5", 20, 30, 0, 0.03, 5, 256);
    static final LinkProfile NARROW = steady("4 Mbit, 15 ms, 64 KB queue", 4, 15, 0, 0, 1, 64);
    static final LinkProfile NARROW_DEEP = steady("4 Mbit, 15 ms, 1 MB queue", 4, 15, 0, 0, 1, 1024);
    static final LinkProfile STEP = changing("20, from 15 to 25 s 2, 20 Mbit", at -> between(at, 15, 25) ? 2 : 20);
    static final LinkProfile RAMP = changing("8 down to 2 and up to 8 Mbit in 40 s", at -> 2 + 6 * Math.abs(at / 20e9 - 1));
    static final LinkProfile LTE = changing("LTE-like, 1.5 to 12 Mbit", lte(40, 5));

    static final LinkProfile DEAD = changing("20 Mbit, dead from 15 to 18 s", at -> between(at, 15, 18) ? 0 : 20);

    private Links() {
    }

    private static boolean between(long atNanos, int fromSeconds, int toSeconds) {
        return atNanos >= fromSeconds * Timeline.SECOND && atNanos < toSeconds * Timeline.SECOND;
    }

    private static LinkProfile steady(String name, double mbps, int delayMillis, int jitterMillis, double loss, double burst,
            int queueKilobytes) {
        return new LinkProfile(name, at -> 1e6 * mbps, delayMillis * Timeline.MILLI, jitterMillis * Timeline.MILLI, loss, burst,
                queueKilobytes * 1024L);
    }

    private static LinkProfile changing(String name, LongToDoubleFunction mbps) {
        return new LinkProfile(name, at -> 1e6 * mbps.applyAsDouble(at), 15 * Timeline.MILLI, 0, 0, 1, 256 * 1024L);
    }

    /** A walk in steps of 100 ms: by a few percent as a rule, now and then to a half or the double, as cells and walls do it. */
    private static LongToDoubleFunction lte(int seconds, long seed) {
        Random random = new Random(seed);
        double[] mbps = new double[seconds * 10];
        double now = 8;
        for (int i = 0; i < mbps.length; i++) {
            now *= random.nextInt(40) == 0 ? (random.nextBoolean() ? 0.5 : 2) : 0.96 + 0.08 * random.nextDouble();
            now = Math.max(1.5, Math.min(12, now));
            mbps[i] = now;
        }
        return at -> mbps[(int) Math.min(mbps.length - 1, at / (Timeline.SECOND / 10))];
    }
}

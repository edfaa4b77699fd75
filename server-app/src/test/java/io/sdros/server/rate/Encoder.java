package io.sdros.server.rate;

import java.util.Random;
import java.util.function.Consumer;

/** 30 frames a second at the rate it is told, with a lag and with noise, a larger keyframe every 2 s and whenever one is wanted. */
final class Encoder {

    static final long INTERVAL_NANOS = Timeline.SECOND / 30;
    private static final int GROUP = 60;
    private static final double KEYFRAME_FACTOR = 2.5;
    private static final double NOISE = 0.15;
    private static final double LEAST_BPS = 150_000;
    private static final long HEARS_AFTER_NANOS = 100 * Timeline.MILLI;
    private static final double FOLLOWS = 0.25;

    private final Timeline time;
    private final Random random;
    private final double maxBps;
    private final double share;
    private double wantedBps;
    private double rateBps;
    private long seq;
    private int sinceKeyframe = GROUP;

    /** A coded picture. */
    record Frame(long seq, long captureNanos, long bytes, boolean keyframe) {
    }

    Encoder(Timeline time, Random random, double maxBps) {
        this(time, random, maxBps, 1);
    }

    /** @param share how much it makes of what it is told */
    Encoder(Timeline time, Random random, double maxBps, double share) {
        this.time = time;
        this.random = random;
        this.maxBps = maxBps;
        this.share = share;
        wantedBps = maxBps;
        rateBps = maxBps;
    }

    void start(Consumer<Frame> output) {
        time.every(INTERVAL_NANOS, () -> output.accept(next()));
    }

    /** Comes to it a little later. */
    void advise(double targetBps) {
        time.in(HEARS_AFTER_NANOS, () -> wantedBps = Math.max(LEAST_BPS, Math.min(maxBps, targetBps)));
    }

    void requestKeyframe() {
        time.in(HEARS_AFTER_NANOS / 10, () -> sinceKeyframe = sinceKeyframe > GROUP / 4 ? GROUP : sinceKeyframe);
    }

    private Frame next() {
        rateBps += FOLLOWS * (wantedBps - rateBps);
        boolean keyframe = sinceKeyframe++ >= GROUP;
        if (keyframe) {
            sinceKeyframe = 1;
        }
        double mean = share * rateBps * INTERVAL_NANOS / 8e9;
        // What a keyframe has more, the frames of its group have less.
        double part = keyframe ? KEYFRAME_FACTOR : (GROUP - KEYFRAME_FACTOR) / (GROUP - 1);
        return new Frame(seq++, time.now(), (long) (mean * part * (1 + NOISE * (2 * random.nextDouble() - 1))) + 64, keyframe);
    }
}

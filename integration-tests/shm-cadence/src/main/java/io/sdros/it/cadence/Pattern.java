package io.sdros.it.cadence;

import java.util.SplittableRandom;

/** When frames come: on a grid, each off by a uniformly distributed jitter, and what else may befall a camera. */
enum Pattern {

    STEADY_60("60 fps, jitter 0.5 ms", 60, 500),
    STEADY_30("30 fps, jitter 0.5 ms", 30, 500),
    STEADY_120("120 fps, jitter 0.5 ms", 120, 500),
    WIDE_JITTER("60 fps, jitter 2 ms", 60, 2_000),
    /** Every tenth frame or so is not there, and no number is left out for it. */
    DROPS("60 fps, one in ten missing", 60, 500) {
        @Override
        long framesUntilNext(SplittableRandom random) {
            return random.nextInt(10) == 0 ? 2 : 1;
        }
    },
    /** About once in two seconds nothing comes for half a second. */
    PAUSES("60 fps, pauses of 0.5 s", 60, 500) {
        @Override
        long framesUntilNext(SplittableRandom random) {
            return random.nextInt(120) == 0 ? 30 : 1;
        }
    },
    /** Another rate every second and a half. */
    RATE_CHANGES("30, 60, 120, 25 fps in turn", 60, 500) {
        @Override
        long intervalNanos(long sinceStartNanos) {
            return SECOND_NANOS / RATES[(int) (sinceStartNanos / RATE_NANOS % RATES.length)];
        }
    };

    private static final long SECOND_NANOS = 1_000_000_000;
    private static final long RATE_NANOS = 1_500_000_000;
    private static final int[] RATES = {30, 60, 120, 25};

    private final String label;
    private final int framesPerSecond;
    private final long jitterMicros;

    Pattern(String label, int framesPerSecond, long jitterMicros) {
        this.label = label;
        this.framesPerSecond = framesPerSecond;
        this.jitterMicros = jitterMicros;
    }

    String label() {
        return label;
    }

    /** The distance to the next place on the grid, in nanoseconds. */
    long intervalNanos(long sinceStartNanos) {
        return SECOND_NANOS / framesPerSecond;
    }

    /** How many places of the grid further on the next frame is. */
    long framesUntilNext(SplittableRandom random) {
        return 1;
    }

    /** How far off its place the next frame is, to either side, in nanoseconds. */
    long jitterNanos(SplittableRandom random) {
        return random.nextLong(-jitterMicros * 1_000, jitterMicros * 1_000 + 1);
    }
}

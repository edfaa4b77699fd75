package io.sdros.fanout;

/**
 * Which of the messages that come are to be taken, so that these are not more than so many a second and about as far apart. What
 * was not taken in time is made up for by one message at most.
 *
 * <p>Threading: one thread at a time.
 */
final class EvenPace {

    private static final double SECOND_NANOS = 1e9;

    /** Messages come a little early and late; one that is early by less than this part of the interval is taken. */
    private static final int EARLY_PART = 4;

    private final long intervalNanos;
    private boolean begun;
    private long dueNanos;

    EvenPace(double mostPerSecond) {
        intervalNanos = (long) (SECOND_NANOS / mostPerSecond);
    }

    /** Whether a message of this time is to be taken. */
    boolean due(long atNanos) {
        return !begun || atNanos - dueNanos >= -intervalNanos / EARLY_PART;
    }

    /** One was taken, due or not. What is taken too much is made up for within two intervals. */
    void taken(long atNanos) {
        long lateNanos = begun ? Math.max(-intervalNanos, Math.min(intervalNanos, atNanos - dueNanos)) : 0;
        begun = true;
        dueNanos = atNanos - lateNanos + intervalNanos;
    }
}

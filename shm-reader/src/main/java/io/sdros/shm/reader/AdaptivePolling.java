package io.sdros.shm.reader;

/** Spin, then yield, then sleep, by the time since the last new sequence. */
final class AdaptivePolling implements PollStrategy {

    static final long SPIN_NANOS = 100_000;
    static final long YIELD_NANOS = 50_000_000;
    static final long SLEEP_NANOS = 1_000_000;

    private boolean flowing;
    private long sequence;
    private long changedNanos;

    @Override
    public void observe(long sequence, long nowNanos) {
        if (sequence != this.sequence) {
            this.sequence = sequence;
            changedNanos = nowNanos;
            flowing = true;
        }
    }

    @Override
    public void restart() {
        flowing = false;
    }

    @Override
    public long pauseNanos(long nowNanos) {
        if (!flowing) {
            return SLEEP_NANOS;
        }
        long sinceNanos = nowNanos - changedNanos;
        if (sinceNanos < SPIN_NANOS) {
            return SPIN;
        }
        if (sinceNanos < YIELD_NANOS) {
            return YIELD;
        }
        flowing = false;
        return SLEEP_NANOS;
    }
}

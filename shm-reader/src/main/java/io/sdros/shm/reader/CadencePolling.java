package io.sdros.shm.reader;

/**
 * Sleeps until shortly before the next frame is due, then looks often: without a pause if frames come so regularly that
 * this takes at most two per cent of the time, else with pauses that are the longer the wider the window in which the frame
 * may come, so that the number of looks per frame is bounded whatever the jitter. When frames stop it looks every
 * millisecond, and when they stay away every twenty.
 */
final class CadencePolling implements PollStrategy {

    /** Pause between looks when no frame is expected, and the longest pause once one is overdue. */
    static final long IDLE_NANOS = 1_000_000;
    /** The longest sleep, however far away the next frame is: other things want a turn of the loop, too. */
    static final long MAX_SLEEP_NANOS = 20_000_000;
    static final long MIN_FINE_NANOS = 30_000;
    private static final long LOOKS_PER_WINDOW = 48;
    /**
     * A window is spun through if the margin is at most this part of the interval. It opens by the margin or less before the
     * frame is due, so that is the share of a core it takes, and twice as much if the frame does not come. The seven wake-ups of
     * pauses in between take up to one per cent of a core less and see the frame some 50 µs later.
     */
    private static final long SPIN_SHARE = 50;
    /** A frame that comes after its window is seen late by this part of how far after it came: some twenty looks more. */
    private static final long OVERDUE_SHARE = 4;
    private static final long STOPPED_INTERVALS = 8;
    /** Not sooner, so that a scheduler's hiccup is no stop; not later, or a burst would be looked after for long. */
    private static final long STOPPED_NANOS = 10_000_000;
    /**
     * The pause once frames have been away for long. Being woken costs some 70 µs, far more than looking, so two hundred
     * looks a second take more than one per cent of a core; nobody who has waited for seconds notices some milliseconds.
     */
    static final long AWAY_NANOS = 20_000_000;
    static final long AWAY_AFTER_NANOS = 2_500_000_000L;

    private final CadenceEstimator estimator = new CadenceEstimator();
    private boolean begun;
    private long sequence;
    private long lookedNanos;
    private long changedNanos;

    @Override
    public void observe(long sequence, long nowNanos) {
        if (!begun) {
            // What is there already may have come at any time before.
            begun = true;
            this.sequence = sequence;
            changedNanos = nowNanos;
        }
        long frames = sequence - this.sequence;
        if (frames != 0) {
            if (frames < 0 || this.sequence == 0 || sequence == 0) {
                estimator.reset();
            }
            if (sequence != 0) {
                estimator.arrived(lookedNanos, nowNanos, Math.max(frames, 1));
            }
            this.sequence = sequence;
            changedNanos = nowNanos;
        }
        lookedNanos = nowNanos;
    }

    @Override
    public void restart() {
        begun = false;
        estimator.reset();
    }

    @Override
    public long pauseNanos(long nowNanos) {
        if (!estimator.known() || stopped(nowNanos)) {
            return nowNanos - changedNanos > AWAY_AFTER_NANOS ? AWAY_NANOS : IDLE_NANOS;
        }
        long untilWindowNanos = estimator.dueNanos(nowNanos) - estimator.leadNanos() - nowNanos;
        if (untilWindowNanos <= 0) {
            if (estimator.marginNanos() * SPIN_SHARE <= estimator.intervalNanos()) {
                return SPIN;
            }
            long fineNanos = 2 * estimator.marginNanos() / LOOKS_PER_WINDOW;
            return Math.min(Math.max(fineNanos, MIN_FINE_NANOS), IDLE_NANOS);
        }
        long overdueNanos = estimator.overdueNanos(nowNanos);
        long longestNanos = overdueNanos > 0 ? Math.min(overdueNanos / OVERDUE_SHARE, IDLE_NANOS) : MAX_SLEEP_NANOS;
        return Math.max(Math.min(untilWindowNanos, longestNanos), MIN_FINE_NANOS);
    }

    private boolean stopped(long nowNanos) {
        double stoppedNanos = Math.max(STOPPED_INTERVALS * estimator.intervalNanos(), STOPPED_NANOS);
        return nowNanos - changedNanos > stoppedNanos;
    }
}

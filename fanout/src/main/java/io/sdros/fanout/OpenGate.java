package io.sdros.fanout;

/**
 * The gate of streams without keyframes: everything passes, except what is too old. A lag is a run of messages lost to
 * eviction or age.
 */
final class OpenGate implements Gate {

    private final BroadcasterConfig config;
    private final SubscriptionCounters counters;
    private long position;
    private boolean lagging;

    OpenGate(BroadcasterConfig config, SubscriptionCounters counters) {
        this.config = config;
        this.counters = counters;
    }

    @Override
    public void start(long nextIndex, boolean replaying) {
        position = nextIndex - 1;
    }

    @Override
    public boolean accepts(Entry<?> entry, boolean replayed, long transitNanos) {
        boolean evicted = entry.index() != position + 1;
        boolean overdue = config.isOverdue(entry, transitNanos);
        position = entry.index();
        if ((evicted || overdue) && !lagging) {
            counters.lagged();
        }
        lagging = overdue;
        if (overdue) {
            counters.dropped(DropReason.LATENCY);
        }
        return !overdue;
    }

    /** What is missing before it stays missing. */
    @Override
    public void leftOut(long index) {
        if (index == position + 1) {
            position = index;
        }
    }

    @Override
    public void leftOutBefore(long index) {
        position = index - 1;
    }

    /** Nothing is left out here that others need. */
    @Override
    public void wantedAgain(long index) { }

    @Override
    public void exhausted() {
        lagging = false;
    }

    @Override
    public boolean awaitingKeyframe() {
        return false;
    }

    @Override
    public Wait currentWait() {
        return Wait.NONE;
    }

    @Override
    public boolean timedOut() {
        return false;
    }
}

package io.sdros.shm.reader;

import java.util.function.Supplier;

/** How a stream waits for the next frame. */
public enum PollMode {

    /**
     * Learns the interval between frames and its jitter, sleeps until shortly before the next frame is due, then
     * looks often, without a pause where that takes about two per cent of a core or less; looks every millisecond when
     * frames stop, every 20 ms when they have been away for 2.5 s. Little processor time, little delay.
     */
    CADENCE(CadencePolling::new),

    /**
     * Spins for 100 µs after a frame, then looks whenever the scheduler lets it, and every millisecond after 50 ms
     * without a frame. The least delay, at the price of a whole core while frames flow.
     */
    ADAPTIVE(AdaptivePolling::new);

    private final Supplier<PollStrategy> strategy;

    PollMode(Supplier<PollStrategy> strategy) {
        this.strategy = strategy;
    }

    PollStrategy newStrategy() {
        return strategy.get();
    }
}

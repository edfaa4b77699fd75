package io.sdros.server.stream;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Whether the frames that are committed can be read. The age of the last commit does not tell: a writer can go on for
 * ever while every frame is damaged. One thread reports, any thread asks.
 */
final class ReadHealth {

    /**
     * Failures are reported every 5 s at the latest. When none has been for longer, reads have stopped (nobody is
     * watching) and nothing is known.
     */
    private static final long STALE_NANOS = Duration.ofSeconds(15).toNanos();
    private static final Failing FINE = new Failing("", 0, 0);

    private final AtomicReference<Failing> state = new AtomicReference<>(FINE);

    private record Failing(String reason, long firstNanos, long lastNanos) {
    }

    /** A frame was read. On the hot path: it writes only after a failure. */
    void good() {
        if (state.get() != FINE) {
            state.set(FINE);
        }
    }

    /** A frame could not be read and was given up. */
    void failed(String reason, long nowNanos) {
        Failing before = state.get();
        boolean goesOn = before != FINE && nowNanos - before.lastNanos() <= STALE_NANOS;
        state.set(new Failing(reason, goesOn ? before.firstNanos() : nowNanos, nowNanos));
    }

    /** Why nothing could be read for at least the given time; empty if something could, or if nobody has tried lately. */
    String failure(Duration atLeast, long nowNanos) {
        Failing now = state.get();
        boolean stale = nowNanos - now.lastNanos() > STALE_NANOS;
        return now == FINE || stale || nowNanos - now.firstNanos() < atLeast.toNanos() ? "" : now.reason();
    }
}

package io.sdros.server.bus;

import io.sdros.fanout.KeyframeRequestReason;
import io.sdros.fanout.KeyframeRequestSink;
import io.sdros.fanout.KeyframeRequestStatistics;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Passes the fan-out's needs on, and counts what became of them. */
public final class KeyframeRequestSender implements KeyframeRequestSink {
    private final Upstream upstream;
    // Counted when it is known, so neither ever goes down.
    private final LongAdder sent = new LongAdder();
    private final LongAdder refused = new LongAdder();
    /** When the last one was taken, on the clock of {@link System#nanoTime}; means nothing before {@link #sent} counts. */
    private final AtomicLong takenNanos = new AtomicLong();

    public KeyframeRequestSender(Upstream upstream) {
        this.upstream = upstream;
    }

    @Override
    public boolean request(KeyframeRequestReason reason, int clients) {
        return upstream.requestKeyframe(reason, clients, this::fate);
    }

    private void fate(boolean taken) {
        if (taken) {
            takenNanos.set(System.nanoTime());
        }
        (taken ? sent : refused).increment();
    }

    /** How long ago the last request was taken, as far as can be known; empty before the first. Any thread. */
    public OptionalLong lastAgeNanos() {
        return sent.sum() == 0 ? OptionalLong.empty() : OptionalLong.of(System.nanoTime() - takenNanos.get());
    }

    /** What the fan-out counted, with those that it passed on and that came to nothing among the failures. Any thread. */
    public KeyframeRequestStatistics corrected(KeyframeRequestStatistics counted) {
        return new KeyframeRequestStatistics(sent.sum(), counted.coalesced(), counted.failed() + refused.sum());
    }
}

package io.sdros.server.bus;

import io.sdros.fanout.KeyframeRequestReason;
import io.sdros.fanout.KeyframeRequestSink;
import io.sdros.fanout.KeyframeRequestStatistics;
import io.sdros.server.text.Json;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Turns the fan-out's needs into the message encoders listen for. */
public final class KeyframeRequestSender implements KeyframeRequestSink {
    private final String stream;
    private final boolean named;
    private final MessageBus bus;
    // Counted when it is known, so neither ever goes down.
    private final LongAdder sent = new LongAdder();
    private final LongAdder refused = new LongAdder();
    /** When the last one was taken, on the clock of {@link System#nanoTime}; means nothing before {@link #sent} counts. */
    private final AtomicLong takenNanos = new AtomicLong();

    /**
     * @param stream the name of the stream whose viewers need keyframes
     * @param named  whether the message says it: an encoder that serves one stream of no name knows none
     */
    public KeyframeRequestSender(String stream, boolean named, MessageBus bus) {
        this.stream = stream;
        this.named = named;
        this.bus = bus;
    }

    @Override
    public boolean request(KeyframeRequestReason reason, int clients) {
        Json json = new Json()
                .put("reason", reason.name().toLowerCase(Locale.ROOT))
                .put("clients", clients);
        if (named) {
            json.put("stream", stream);
        }
        return bus.requestKeyframe(stream, json.toString().getBytes(StandardCharsets.UTF_8), this::fate);
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

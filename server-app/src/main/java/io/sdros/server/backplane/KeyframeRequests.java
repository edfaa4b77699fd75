package io.sdros.server.backplane;

import io.sdros.fanout.KeyframeRequestReason;
import io.sdros.fanout.KeyframeRequestSink;
import io.sdros.server.metrics.FanoutMetrics;
import io.sdros.server.text.Json;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/** Turns the fan-out's needs into the message encoders listen for. */
public final class KeyframeRequests implements KeyframeRequestSink {
    private final Backplane backplane;
    // Counted when it is known, so neither ever goes down.
    private final LongAdder sent = new LongAdder();
    private final LongAdder refused = new LongAdder();

    public KeyframeRequests(Backplane backplane) {
        this.backplane = backplane;
    }

    @Override
    public boolean request(KeyframeRequestReason reason, int clients) {
        String json = new Json()
                .put("reason", reason.name().toLowerCase(Locale.ROOT))
                .put("clients", clients)
                .toString();
        return backplane.requestKeyframe(json.getBytes(StandardCharsets.UTF_8), taken -> (taken ? sent : refused).increment());
    }

    /** What the fan-out counted, with those that it passed on and that came to nothing among the failures. Any thread. */
    public FanoutMetrics corrected(FanoutMetrics counted) {
        return new FanoutMetrics(counted.lagEvents(), counted.framesDropped(), sent.sum(),
                counted.keyframeRequestsCoalesced(), counted.keyframeRequestsFailed() + refused.sum());
    }
}

package io.sdros.server;

import io.sdros.fanout.KeyframeRequestReason;
import io.sdros.fanout.KeyframeRequestSink;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Turns the fan-out's needs into the message encoders listen for. */
final class KeyframeRequests implements KeyframeRequestSink {
    private final Backplane backplane;

    KeyframeRequests(Backplane backplane) {
        this.backplane = backplane;
    }

    @Override
    public boolean request(KeyframeRequestReason reason, int clients) {
        String json = new Json()
                .put("reason", reason.name().toLowerCase(Locale.ROOT))
                .put("clients", clients)
                .toString();
        return backplane.requestKeyframe(json.getBytes(StandardCharsets.UTF_8));
    }
}

package io.sdros.server.bus;

import io.sdros.fanout.KeyframeRequestReason;
import io.sdros.server.rate.RateAdvice;
import io.sdros.server.text.Json;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * To an encoder that listens on the bus.
 *
 * @param stream the name of the stream
 * @param named  whether keyframe requests say it: an encoder that serves one stream of no name knows none
 */
public record BusUpstream(String stream, boolean named, MessageBus bus) implements Upstream {

    @Override
    public boolean requestKeyframe(KeyframeRequestReason reason, int clients, Consumer<Boolean> fate) {
        Json json = new Json()
                .put("reason", reason.name().toLowerCase(Locale.ROOT))
                .put("clients", clients);
        if (named) {
            json.put("stream", stream);
        }
        return bus.requestKeyframe(stream, bytes(json.toString()), fate);
    }

    @Override
    public boolean adviseRate(RateAdvice advice) {
        return bus.adviseRate(stream, bytes(advice.json(stream)));
    }

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }
}

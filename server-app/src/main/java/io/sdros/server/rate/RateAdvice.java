package io.sdros.server.rate;

import io.sdros.server.text.Json;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * What the encoder of a stream is told.
 *
 * @param targetBps what it should produce, in bits per second; absent if no limit is known
 * @param clients whose feedback is known
 * @param carriedBps what the deciding one's connection has carried of late; 0 if there is none
 */
public record RateAdvice(OptionalLong targetBps, Reason reason, int clients, long carriedBps) {

    /** Why it is told. */
    public enum Reason {
        /** The target is lower than before: a queue stands. */
        CONGESTION,
        /** The target is higher than before. */
        RISING,
        /** The target holds. */
        STEADY,
        /** There is none any more. */
        UNLIMITED
    }

    /** The message on the bus. */
    public String json(String stream) {
        return new Json()
                .put("stream", stream)
                .put("target_bps", targetBps)
                .put("reason", reason.name().toLowerCase(Locale.ROOT))
                .put("clients", clients)
                .put("carried_bps", carriedBps)
                .toString();
    }
}

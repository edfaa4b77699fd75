package io.sdros.relay.nats;

import java.util.OptionalLong;

/** What an origin hears of its edges. Called on the stream's thread, must not block. */
public interface OriginListener {

    /**
     * Viewers of an edge need a keyframe.
     *
     * @param reason  join, lag or timeout, as far as the edge is right
     * @param clients how many, at least 1
     */
    default void onKeyframeNeeded(String reason, int clients) {
    }

    /**
     * What the connections of an edge's viewers carry.
     *
     * @param edge       its id
     * @param targetBps  what the encoder should produce, in bits per second; absent if no limit is known
     * @param clients    whose feedback is known
     * @param carriedBps what the deciding one's connection has carried of late
     */
    default void onRateAdvised(long edge, OptionalLong targetBps, int clients, long carriedBps) {
    }

    /** An edge wants the stream no more. */
    default void onEdgeGone(long edge) {
    }

    /**
     * A frame has come to the edge that acknowledges. Times are on the clock of {@link System#nanoTime}.
     *
     * @param sentNanos when it was handed to the connection
     * @param sentBytes of all frames up to its end
     * @param nowNanos  when its acknowledgement came
     */
    default void onDelivered(long sentNanos, long sentBytes, long nowNanos) {
    }

    /** The first edge has come, or the last has gone. */
    default void onDemand(boolean wanted) {
    }
}

package io.sdros.relay.nats.origin;

import java.util.OptionalLong;

/** What an origin hears of its edges that others have to see to. Called on the thread that the origin is on. */
public interface OriginEvents {

    /**
     * Viewers of an edge need a keyframe.
     *
     * @param reason join, lag or timeout
     */
    void keyframeNeeded(String reason, int clients);

    /**
     * What the connections of an edge's viewers carry.
     *
     * @param targetBps  absent if no limit is known
     * @param carriedBps what the deciding one's connection has carried of late
     */
    void rateAdvised(long edge, OptionalLong targetBps, int clients, long carriedBps);

    /** An edge wants the stream no more. */
    void edgeGone(long edge);

    /**
     * A frame has been acknowledged.
     *
     * @param sentNanos when it was handed to the connection
     * @param sentBytes of all frames up to its end
     * @param nowNanos  when its acknowledgement came
     */
    void delivered(long sentNanos, long sentBytes, long nowNanos);

    /** The first edge has come, or the last has gone. */
    void demand(boolean wanted);
}

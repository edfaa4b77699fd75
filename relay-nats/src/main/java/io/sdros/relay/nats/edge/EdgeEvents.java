package io.sdros.relay.nats.edge;

import io.sdros.relay.nats.wire.ReceivedFrame;

/** Told what comes of a stream; on the stream's thread. */
public interface EdgeEvents {

    /**
     * The next frame, in order.
     *
     * @param frame its array is the receiver's from here on
     * @param clock by how much the origin's times differ from this machine's
     */
    void frame(ReceivedFrame frame, OriginClock clock);

    /** The next frame does not continue the last one. */
    void broken();

    /** The next frame comes from another encoder: another origin, or one that has started anew. */
    void otherOrigin();
}

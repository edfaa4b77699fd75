package io.sdros.relay.nats;

/** Told what comes of a stream from another machine. All calls are on the stream's thread. */
public interface EdgeStreamListener {

    /** The next frame. */
    void onFrame(EdgeFrame frame);

    /** The next frame does not continue the last one. */
    void onDiscontinuity();

    /** The next frame comes from another encoder: the origin has started anew, or another one has taken over. */
    void onOtherOrigin();

    /** Called often, frames or none. */
    void onPoll(long nowNanos);

    /** Something was thrown by one of these, or came of what was received; the stream goes on. */
    void onUncaught(Throwable failure);
}

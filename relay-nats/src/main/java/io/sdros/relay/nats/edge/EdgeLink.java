package io.sdros.relay.nats.edge;

/** The connection, as one stream of an edge uses it. Nothing here blocks or fails: what cannot be sent is not sent. */
public interface EdgeLink {

    void subscribe(Channel channel);

    void unsubscribe(Channel channel);

    /** Asks for the group of pictures that is on. */
    void join();

    /**
     * Says that the stream is wanted.
     *
     * @param nowNanos to be sent along and come back with the answer
     * @param lagNanos how late frames arrive
     */
    void beat(long nowNanos, long lagNanos);

    /** Says, if there is a connection, that the stream is wanted no more, and takes no more answers to beats. */
    void leave();

    /** Says that this frame is here. */
    void acknowledge(long originId, long sequence);

    /** Asks for a keyframe, since nothing came that a picture can begin with. */
    void needKeyframe();

    /**
     * Throws away what is on its way, and connects again.
     *
     * @return false if the connection is kept, since others are served well by it
     */
    boolean reconnect(String why);
}

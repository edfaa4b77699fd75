package io.sdros.relay.nats.origin;

/** The connection, as one stream of an origin uses it. Nothing here blocks or fails: false says that it was not sent. */
public interface OriginLink {

    boolean publishKeyframe(byte[] message);

    /** The last part of a keyframe; whoever sends it is told if nobody subscribes. */
    boolean publishKeyframeEnd(byte[] message, long sequence);

    boolean publishOther(byte[] message);

    boolean publishReplay(byte[] message);

    void publishInfo(byte[] json);

    /** @param replyTo as it came with the beat */
    void answer(String replyTo, byte[] json);

    boolean connected();

    /** What waits to be written to the kernel. */
    long pendingBytes();

    /** The longest message that the server takes. */
    int maxPayloadBytes();
}

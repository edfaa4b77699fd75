package io.sdros.transport.undertow.ws;

/**
 * What a {@link FrameParser} reports, in the order of the bytes and within {@link FrameParser#feed}. After
 * {@link #onClose} or {@link #onViolation} nothing follows; at most one of the two comes, once.
 */
public interface FrameEvents {

    /** The array belongs to the receiver. */
    void onPing(byte[] payload);

    void onPong();

    /** A complete text or binary message of which nothing was kept. */
    void onMessage(int lengthBytes);

    /**
     * A complete binary message whose beginning was kept, as a parser may be told to.
     *
     * @param start       its first bytes, as many as are kept, or all if there are fewer; the parser's, for the time of the call
     * @param lengthBytes of the whole message
     */
    default void onBinary(byte[] start, int lengthBytes) {
        onMessage(lengthBytes);
    }

    /** The peer's close frame; {@link CloseCodes#NO_STATUS} if it had no body. */
    void onClose(int code);

    /** The connection has to be failed with this close code. */
    void onViolation(int closeCode, String reason);
}

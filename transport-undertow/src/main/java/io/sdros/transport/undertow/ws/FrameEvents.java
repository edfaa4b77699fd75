package io.sdros.transport.undertow.ws;

/**
 * What a {@link FrameParser} reports, in the order of the bytes and within {@link FrameParser#feed}. After
 * {@link #onClose} or {@link #onViolation} nothing follows; at most one of the two comes, once.
 */
public interface FrameEvents {

    /** The array belongs to the receiver. */
    void onPing(byte[] payload);

    void onPong();

    /** A complete text or binary message. */
    void onMessage(int lengthBytes);

    /** The peer's close frame; {@link CloseCodes#NO_STATUS} if it had no body. */
    void onClose(int code);

    /** The connection has to be failed with this close code. */
    void onViolation(int closeCode, String reason);
}

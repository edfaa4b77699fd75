package io.sdros.transport.undertow.sdr2;

import java.nio.ByteBuffer;

/**
 * How a client is and what it has got, as it says.
 *
 * <pre>
 *  byte 0  type 0x07
 *       1  state: 0 playing, 1 paused, 2 decoder failed, 3 waiting for a keyframe
 *       2  frames in the decoder's queue
 *       3  from receiving to decoding the newest displayed frame, in ms; 0: not said; 255: that or more
 *       4  clock error in µs, u32
 *       8  newest received frame_seq, 16 received at: u64 each
 *      24  newest displayed frame_seq, 32 displayed at: u64 each
 *      40  received, 44 decoded, 48 dropped since the last feedback: u32 each
 * </pre>
 *
 * @param decodingMillis   of the newest displayed frame, 0 to 255
 * @param clockErrorMicros by how much its idea of the server's clock may be wrong, 0 to 2^32 − 1
 * @param receivedNanos    in the server's clock; 0 for no frame yet
 * @param displayedNanos   likewise
 */
public record FeedbackMessage(int state, int decodeQueue, int decodingMillis, long clockErrorMicros, long receivedSeq,
        long receivedNanos, long displayedSeq, long displayedNanos, long received, long decoded, long dropped) {

    static final int BYTES = 52;

    public static final int PLAYING = 0;
    public static final int PAUSED = 1;
    public static final int DECODER_FAILED = 2;
    public static final int WAITING_FOR_KEYFRAME = 3;

    private static final long U32 = 0xFFFF_FFFFL;

    /** Whether these are the bytes of one, whatever they say. */
    static boolean matches(ByteBuffer message) {
        return message.remaining() == BYTES && message.get(message.position() + 1) >= PLAYING
                && message.get(message.position() + 1) <= WAITING_FOR_KEYFRAME;
    }

    /** Of bytes that match, in little-endian order. */
    static FeedbackMessage of(ByteBuffer message) {
        int start = message.position();
        return new FeedbackMessage(message.get(start + 1), message.get(start + 2) & 0xFF, message.get(start + 3) & 0xFF,
                message.getInt(start + 4) & U32,
                message.getLong(start + 8), message.getLong(start + 16),
                message.getLong(start + 24), message.getLong(start + 32),
                message.getInt(start + 40) & U32, message.getInt(start + 44) & U32, message.getInt(start + 48) & U32);
    }
}

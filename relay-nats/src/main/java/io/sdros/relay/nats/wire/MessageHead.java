package io.sdros.relay.nats.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * The first bytes of every message with frames. All integers are little-endian.
 *
 * <pre>
 *   byte   0    1    2        4        6        8
 *        0 +----+----+--------+--------+--------+
 *          |ver |kind| chunk  | chunks | acker  |   u8, u8, u16, u16, u16
 *        8 +----+----+--------+--------+--------+
 *          | origin id                          |   u64
 *       16 +------------------------------------+
 *          | sequence                           |   u64
 *       24 +------------------------------------+
 *          | origin time, ns                    |   u64
 *       32 +------------------------------------+
 * </pre>
 *
 * <p>Chunk 0 of a frame goes on with the frame's two times and its header: see {@link FramePrefix}.
 *
 * @param chunk        which part of the frame follows, from 0
 * @param chunks       how many parts the frame has, at least 1
 * @param acker        the number of the edge that acknowledges what it has got, see {@link EdgeId#ackerNumber}; 0 = nobody
 * @param originId     random, of one start of one origin
 * @param sequence     one more for every frame that the origin publishes; that of the first publication in a replay; in
 *                     {@link MessageKind#END_OF_REPLAY} that of the last frame published
 * @param originNanos  when the message was handed to the connection, on the origin's clock
 */
public record MessageHead(
        MessageKind kind, int chunk, int chunks, int acker, long originId, long sequence, long originNanos) {

    /** Length in bytes. */
    public static final int BYTES = 32;

    /** The most parts that a frame may have. */
    public static final int MOST_CHUNKS = 0xFFFF;

    private static final int VERSION = 1;
    private static final int KIND_OFFSET = 1;
    private static final int CHUNK_OFFSET = KIND_OFFSET + 1;
    private static final int CHUNKS_OFFSET = CHUNK_OFFSET + Short.BYTES;
    private static final int ACKER_OFFSET = CHUNKS_OFFSET + Short.BYTES;
    private static final int ORIGIN_OFFSET = ACKER_OFFSET + Short.BYTES;
    private static final int SEQUENCE_OFFSET = ORIGIN_OFFSET + Long.BYTES;
    private static final int TIME_OFFSET = SEQUENCE_OFFSET + Long.BYTES;

    private static final VarHandle U16 = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle U64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** @throws IllegalArgumentException if a number does not fit its field, or the chunk is none of the chunks */
    public MessageHead {
        if (chunks < 1 || chunks > MOST_CHUNKS || chunk < 0 || chunk >= chunks) {
            throw new IllegalArgumentException("chunk " + chunk + " of " + chunks);
        }
        if (acker < 0 || acker > 0xFFFF) {
            throw new IllegalArgumentException("acker " + acker);
        }
    }

    /** Reads the head of a message; empty if it has none of this version, or one that cannot be. */
    public static Optional<MessageHead> decode(byte[] message) {
        if (message.length < BYTES || message[0] != VERSION) {
            return Optional.empty();
        }
        int chunk = u16(message, CHUNK_OFFSET);
        int chunks = u16(message, CHUNKS_OFFSET);
        Optional<MessageKind> kind = MessageKind.of(Byte.toUnsignedInt(message[KIND_OFFSET]));
        if (kind.isEmpty() || chunk >= chunks) {
            return Optional.empty();
        }
        return Optional.of(new MessageHead(kind.get(), chunk, chunks, u16(message, ACKER_OFFSET),
                (long) U64.get(message, ORIGIN_OFFSET), (long) U64.get(message, SEQUENCE_OFFSET),
                (long) U64.get(message, TIME_OFFSET)));
    }

    /** Stores the head in the first bytes of a message. */
    public void encode(byte[] message) {
        message[0] = VERSION;
        message[KIND_OFFSET] = (byte) kind.code();
        U16.set(message, CHUNK_OFFSET, (short) chunk);
        U16.set(message, CHUNKS_OFFSET, (short) chunks);
        U16.set(message, ACKER_OFFSET, (short) acker);
        U64.set(message, ORIGIN_OFFSET, originId);
        U64.set(message, SEQUENCE_OFFSET, sequence);
        U64.set(message, TIME_OFFSET, originNanos);
    }

    private static int u16(byte[] message, int offset) {
        return Short.toUnsignedInt((short) U16.get(message, offset));
    }
}

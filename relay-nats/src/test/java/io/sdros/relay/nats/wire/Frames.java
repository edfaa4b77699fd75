package io.sdros.relay.nats.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Frames for tests, and the messages they go in. */
final class Frames {

    static final int HEADER_BYTES = 32;

    private Frames() {
    }

    /** Header and payload, which is random. */
    static byte[] frame(long frameSeq, int payloadBytes) {
        byte[] frame = new byte[HEADER_BYTES + payloadBytes];
        new Random(frameSeq).nextBytes(frame);
        ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(7).putLong(frameSeq).putInt(payloadBytes).putShort((short) 1).putShort((short) 1).putInt(0).putInt(0);
        return frame;
    }

    static List<byte[]> messages(byte[] frame, long sequence, int messageBytes) {
        Chunker chunker = new Chunker(messageBytes);
        int chunks = chunker.chunks(frame.length);
        List<byte[]> messages = new ArrayList<>();
        for (int i = 0; i < chunks; i++) {
            byte[] message = chunker.message(i, 11, 22, frame, 0, frame.length);
            new MessageHead(MessageKind.FRAME, i, chunks, 0, 99, sequence, 33).encode(message);
            messages.add(message);
        }
        return messages;
    }
}

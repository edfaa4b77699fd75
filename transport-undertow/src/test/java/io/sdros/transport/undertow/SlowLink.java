package io.sdros.transport.undertow;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A connection without a clock: a send buffer as Linux has it (twice what was asked for; room is told of when a third is
 * free), a link of so many bytes a millisecond, and a way of so many milliseconds behind it. Takes the WebSocket messages
 * apart on the way.
 */
final class SlowLink {

    /** A message that has been carried whole; the sequence is that of a video message. */
    record Message(int opcode, int type, long frameSeq, long endBytes, long arrivesMillis) {

        boolean video() {
            return opcode == 2 && type == 1;
        }
    }

    private static final int SEQ_OFFSET = 1 + 8;
    private static final int KEPT_BYTES = 32;

    private final int bytesPerMilli;
    private final int wayMillis;
    private long grantedBytes;
    private long takenBytes;
    private long carriedBytes;
    private boolean full;

    /** Of the message that has begun: its first bytes, how many have been taken, and how many it has; 0 until that is known. */
    private final byte[] start = new byte[KEPT_BYTES];
    private int seenBytes;
    private int messageBytes;
    private final Deque<Message> held = new ArrayDeque<>();
    private final Deque<Message> onTheirWay = new ArrayDeque<>();

    SlowLink(int bytesPerMilli, int wayMillis, int sendBufferBytes) {
        this.bytesPerMilli = bytesPerMilli;
        this.wayMillis = wayMillis;
        resize(sendBufferBytes);
    }

    boolean resize(int sendBufferBytes) {
        grantedBytes = 2L * sendBufferBytes;
        return true;
    }

    int take(ByteBuffer bytes) {
        int count = (int) Math.min(bytes.remaining(), Math.max(0, grantedBytes - (takenBytes - carriedBytes)));
        full |= count == 0;
        int left = count;
        while (left > 0) {
            int part = Math.min(left, Math.max(1, messageBytes - seenBytes));
            int kept = Math.min(part, KEPT_BYTES - Math.min(KEPT_BYTES, seenBytes));
            bytes.get(start, Math.min(KEPT_BYTES, seenBytes), kept);
            bytes.position(bytes.position() + part - kept);
            seenBytes += part;
            takenBytes += part;
            left -= part;
            look();
        }
        return count;
    }

    private void look() {
        if (seenBytes < 2) {
            return;
        }
        int length = start[1] & 127;
        int body = length == 126 ? 4 : length == 127 ? 10 : 2;
        if (seenBytes < body) {
            return;
        }
        messageBytes = body + (length == 126 ? ByteBuffer.wrap(start).getShort(2) & 0xFFFF
                : length == 127 ? (int) ByteBuffer.wrap(start).getLong(2) : length);
        if (seenBytes == messageBytes) {
            long frameSeq = Sdr2Messages.littleEndian(start).getLong(body + SEQ_OFFSET);
            held.add(new Message(start[0] & 15, seenBytes > body ? start[body] : 0, frameSeq, takenBytes, 0));
            seenBytes = 0;
            messageBytes = 0;
        }
    }

    /** A millisecond passes; returns whether the socket tells that it takes bytes again. */
    boolean carry(long nowMillis) {
        carriedBytes = Math.min(takenBytes, carriedBytes + bytesPerMilli);
        while (!held.isEmpty() && held.peek().endBytes() <= carriedBytes) {
            Message carried = held.remove();
            onTheirWay.add(new Message(carried.opcode(), carried.type(), carried.frameSeq(), carried.endBytes(), nowMillis + wayMillis));
        }
        boolean tells = full && grantedBytes - (takenBytes - carriedBytes) >= grantedBytes / 3;
        full &= !tells;
        return tells;
    }

    /** What has arrived by now, each message once. */
    List<Message> arrivals(long nowMillis) {
        List<Message> arrived = new ArrayList<>();
        while (!onTheirWay.isEmpty() && onTheirWay.peek().arrivesMillis() <= nowMillis) {
            arrived.add(onTheirWay.remove());
        }
        return arrived;
    }
}

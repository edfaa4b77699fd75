package io.sdros.relay.nats.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Puts the messages of frames together again. An origin publishes one frame after the other, so at most one is unfinished;
 * live frames and a replay come side by side and need one of these each. What comes may be anything: whatever is wrong is
 * counted, and no more is held than has come, up to a bound.
 *
 * <p>One thread, but for the counts.
 */
public final class Reassembler {

    private final int headroomBytes;
    private final int maxFrameBytes;
    private final long timeoutNanos;
    private final List<byte[]> messages = new ArrayList<>();
    private MessageHead first;
    private long firstNanos;
    private long heldBytes;
    // One writer.
    private volatile long incomplete;
    private volatile long malformed;

    /**
     * @param headroomBytes spare bytes in front of each frame
     * @param maxFrameBytes the longest frame, header and payload
     * @param timeoutNanos  how long a frame may be unfinished
     */
    public Reassembler(int headroomBytes, int maxFrameBytes, long timeoutNanos) {
        this.headroomBytes = headroomBytes;
        this.maxFrameBytes = maxFrameBytes;
        this.timeoutNanos = timeoutNanos;
    }

    /**
     * The next message has come.
     *
     * @param head    decoded from it; of a frame, not the end of a replay
     * @param message from here on this object's
     * @return the frame, if it is whole now
     */
    public Optional<ReceivedFrame> add(MessageHead head, byte[] message, long nowNanos) {
        expire(nowNanos);
        if (head.chunk() == 0) {
            giveUp();
            first = head;
            firstNanos = nowNanos;
        } else if (!continues(head)) {
            // The beginning was lost, or this one comes twice.
            giveUp();
            return Optional.empty();
        }
        heldBytes += message.length - MessageHead.BYTES;
        messages.add(message);
        if (heldBytes > (long) maxFrameBytes + FramePrefix.BYTES) {
            refuse();
            return Optional.empty();
        }
        return head.chunk() == head.chunks() - 1 ? finish(head) : Optional.empty();
    }

    private boolean continues(MessageHead head) {
        return first != null && head.chunk() == messages.size() && head.chunks() == first.chunks()
                && head.sequence() == first.sequence() && head.originId() == first.originId() && head.kind() == first.kind();
    }

    private Optional<ReceivedFrame> finish(MessageHead last) {
        byte[] start = messages.get(0);
        int header = MessageHead.BYTES + FramePrefix.BYTES;
        if (start.length < header + FramePrefix.FRAME_HEADER_BYTES
                || FramePrefix.payloadBytes(start, header) != heldBytes - FramePrefix.BYTES - FramePrefix.FRAME_HEADER_BYTES) {
            refuse();
            return Optional.empty();
        }
        byte[] array = new byte[headroomBytes + (int) heldBytes - FramePrefix.BYTES];
        int at = headroomBytes;
        int from = header;
        for (byte[] message : messages) {
            System.arraycopy(message, from, array, at, message.length - from);
            at += message.length - from;
            from = MessageHead.BYTES;
        }
        clear();
        return Optional.of(new ReceivedFrame(last, FramePrefix.captureNanos(start, MessageHead.BYTES),
                FramePrefix.commitNanos(start, MessageHead.BYTES), array, headroomBytes));
    }

    /** Lets go of a frame that has been unfinished for too long; to be called now and then. */
    public void expire(long nowNanos) {
        if (first != null && nowNanos - firstNanos > timeoutNanos) {
            giveUp();
        }
    }

    /** The rest of what is unfinished will not come: another connection, another origin. */
    public void giveUp() {
        if (first != null) {
            incomplete = incomplete + 1;
            clear();
        }
    }

    private void refuse() {
        malformed = malformed + 1;
        clear();
    }

    private void clear() {
        messages.clear();
        first = null;
        heldBytes = 0;
    }

    /** How many bytes wait for the rest of their frame. */
    long heldBytes() {
        return heldBytes;
    }

    /** How many frames were begun and not finished. Any thread. */
    public long incomplete() {
        return incomplete;
    }

    /** How many frames were whole and none, or too long. Any thread. */
    public long malformed() {
        return malformed;
    }
}

package io.sdros.transport.undertow;

import io.sdros.fanout.DropOldestQueue;
import io.sdros.transport.undertow.sdr2.ClockMessage;
import io.sdros.transport.undertow.ws.ControlFrames;
import io.sdros.transport.undertow.ws.OutboundFrame;

/**
 * What one client is sent ahead of telemetry and video: answers to its pings and, if it speaks sdr.2, the stream's state
 * and answers to its clock messages. The I/O thread puts in, whoever holds the write claim takes out.
 */
final class Outbox {

    /** So many pings of a client that does not read are kept; the answers to older ones are left out (RFC 6455 §5.5.3). */
    static final int MAX_PENDING_PONGS = 32;

    /** So many clock messages of such a client: an answer that waited is of no use to it. */
    static final int MAX_PENDING_CLOCKS = 4;

    private final DropOldestQueue<byte[]> pongs = new DropOldestQueue<>(MAX_PENDING_PONGS);
    private final DropOldestQueue<ClockMessage> clocks = new DropOldestQueue<>(MAX_PENDING_CLOCKS);
    private final StreamState state; // null for a client that is not told any
    private OutboundFrame sentState; // null until one was sent
    /**
     * Whether there may be something in the queues: they are objects that are not in the cache when a frame is sent, and nearly
     * always empty. Set after something is put in, cleared before it is looked for the last time; volatile, so that whoever
     * clears it and finds nothing is seen to have done so by whoever puts in next.
     */
    private volatile boolean waiting;

    private Outbox(StreamState state) {
        this.state = state;
    }

    static Outbox ofPongs() {
        return new Outbox(null);
    }

    static Outbox ofSdr2(StreamState state) {
        return new Outbox(state);
    }

    /** Returns whether one more would push out the oldest, so that it had better be sent first. */
    boolean pong(byte[] payload) {
        pongs.offer(payload);
        waiting = true;
        return pongs.size() == MAX_PENDING_PONGS;
    }

    void clock(ClockMessage question) {
        clocks.offer(question);
        waiting = true;
    }

    /** The answers to all pings that wait, for one write; null if none does. */
    OutboundFrame nextPongs() {
        if (!waiting) {
            return null;
        }
        byte[] first = pongs.poll();
        return first == null ? null : ControlFrames.pongs(first, pongs, MAX_PENDING_PONGS);
    }

    /** The state, if it is not the one sent last; null if it is. */
    OutboundFrame nextState() {
        OutboundFrame current = state == null ? null : state.frame();
        if (current == sentState) {
            return null;
        }
        sentState = current;
        return current;
    }

    /** A clock message that waits for its answer; null if none does. */
    ClockMessage nextClock() {
        if (!waiting) {
            return null;
        }
        ClockMessage next = clocks.poll();
        if (next == null) {
            waiting = false;
            next = clocks.poll();
            if (next != null || pongs.size() > 0) {
                waiting = true;
            }
        }
        return next;
    }
}

package io.sdros.server.rate;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/** One connection, one way: segments, selective acknowledgements, retransmission by time, delivery in order. */
final class Tcp {

    static final int SEGMENT_BYTES = 1448;
    private static final long LEAST_TIMEOUT_NANOS = 200 * Timeline.MILLI;

    private final Timeline time;
    private final Link link;
    private final CongestionControl control;
    private final long bufferBytes;
    private final LongConsumer delivered;
    private final Runnable writable;

    private final Set<Segment> flying = new LinkedHashSet<>(); // in the order they were sent last
    private final Deque<Segment> inOrder = new ArrayDeque<>(); // all that are not acknowledged, and some that are
    private final Deque<Segment> toRepeat = new ArrayDeque<>();
    private final TreeMap<Long, Long> beyond = new TreeMap<>(); // start to end of what came out of order
    private long written;
    private long sent;
    private long ackedBytes; // any order
    private long ackedNanos;
    private long contiguous; // at the receiver
    private long smoothedRttNanos = 100 * Timeline.MILLI;
    private long paceNanos;
    private long roundEnd;
    private long recoveryEnd = -1;
    private long appLimitedUntil = -1;
    private long timer;
    private int backoff = 1;
    private boolean probed;
    private boolean paceTimer;

    private static final class Segment {
        final long start;
        final long end;
        long sentNanos;
        long ackedAtSend;
        long ackedNanosAtSend;
        boolean appLimited;
        boolean acked;

        Segment(long start, long end) {
            this.start = start;
            this.end = end;
        }
    }

    /**
     * Opens one.
     *
     * @param delivered told at the receiver up to which byte everything has come
     * @param writable told when there is room again
     */
    Tcp(Timeline time, Link link, CongestionControl control, long bufferBytes, LongConsumer delivered, Runnable writable) {
        this.time = time;
        this.link = link;
        this.control = control;
        this.bufferBytes = bufferBytes;
        this.delivered = delivered;
        this.writable = writable;
    }

    /** As many of these bytes as there is room for. */
    long write(long bytes) {
        long taken = Math.max(0, Math.min(bytes, bufferBytes - (written - unacknowledged())));
        written += taken;
        pump();
        return taken;
    }

    private long unacknowledged() {
        while (!inOrder.isEmpty() && inOrder.peek().acked) {
            inOrder.remove();
        }
        return inOrder.isEmpty() ? sent : inOrder.peek().start;
    }

    private void pump() {
        while (flying.size() < control.windowPackets()) {
            if (paceNanos > time.now()) {
                wakeForPacing();
                return;
            }
            Segment next = toRepeat.poll();
            if (next == null) {
                if (sent == written) {
                    appLimitedUntil = sent;
                    return;
                }
                next = new Segment(sent, Math.min(written, sent + SEGMENT_BYTES));
                sent = next.end;
                inOrder.add(next);
            }
            transmit(next);
        }
    }

    private void wakeForPacing() {
        if (!paceTimer) {
            paceTimer = true;
            time.at(paceNanos, () -> {
                paceTimer = false;
                pump();
            });
        }
    }

    private void transmit(Segment segment) {
        long now = time.now();
        int length = (int) (segment.end - segment.start);
        if (flying.isEmpty()) {
            ackedNanos = now;
        }
        segment.sentNanos = now;
        segment.ackedAtSend = ackedBytes;
        segment.ackedNanosAtSend = ackedNanos;
        segment.appLimited = segment.start < appLimitedUntil + (long) (control.windowPackets() * SEGMENT_BYTES) && appLimitedUntil >= 0;
        flying.add(segment);
        double pacing = control.pacingBps();
        paceNanos = Double.isInfinite(pacing) ? now : Math.max(paceNanos, now - Timeline.MILLI) + (long) (length * 8e9 / pacing);
        long sentNow = segment.sentNanos;
        link.send(length, () -> arrive(segment, sentNow));
        arm();
    }

    private void arrive(Segment segment, long sentNanos) {
        if (segment.end > contiguous) {
            beyond.merge(segment.start, segment.end, Math::max);
            while (!beyond.isEmpty() && beyond.firstKey() <= contiguous) {
                contiguous = Math.max(contiguous, beyond.pollFirstEntry().getValue());
            }
            delivered.accept(contiguous);
        }
        time.in(link.delayNanos(), () -> acknowledge(segment, sentNanos));
    }

    private void acknowledge(Segment segment, long sentNanos) {
        if (segment.acked) {
            return;
        }
        long now = time.now();
        boolean limited = flying.size() + 1 >= control.windowPackets();
        segment.acked = true;
        flying.remove(segment);
        toRepeat.remove(segment);
        ackedBytes += segment.end - segment.start;
        ackedNanos = now;
        backoff = 1;
        probed = false;
        if (segment.sentNanos == sentNanos) {
            long rtt = now - sentNanos;
            smoothedRttNanos += (rtt - smoothedRttNanos) / 8;
            boolean newRound = segment.ackedAtSend >= roundEnd;
            if (newRound) {
                roundEnd = ackedBytes;
            }
            double rate = (ackedBytes - segment.ackedAtSend) * 8e9 / Math.max(rtt, now - segment.ackedNanosAtSend);
            control.acked(now, rtt, rate, segment.appLimited, limited, newRound);
        }
        findLost(sentNanos);
        arm();
        pump();
        writable.run();
    }

    /** Whatever was sent well before something that has arrived, and has not, is lost: the link keeps the order. */
    private void findLost(long arrivedSentNanos) {
        boolean any = false;
        for (Iterator<Segment> all = flying.iterator(); all.hasNext();) {
            Segment segment = all.next();
            if (segment.sentNanos + Timeline.MILLI >= arrivedSentNanos) {
                break;
            }
            all.remove();
            toRepeat.add(segment);
            any = true;
            if (segment.start >= recoveryEnd) {
                recoveryEnd = sent;
                control.lost(time.now());
            }
        }
        if (any) {
            pump();
        }
    }

    private void arm() {
        long mine = ++timer;
        // The last of a flight that gets lost is noticed by a probe after two round trips (RFC 8985), the rest by the timeout.
        long wait = probed ? backoff * (LEAST_TIMEOUT_NANOS + smoothedRttNanos) : 2 * smoothedRttNanos + 2 * Timeline.MILLI;
        time.in(wait, () -> {
            if (mine == timer && !flying.isEmpty()) {
                expire();
            }
        });
    }

    private void expire() {
        if (!probed) {
            probed = true;
            Segment last = null;
            for (Segment segment : flying) {
                last = segment;
            }
            flying.remove(last);
            transmit(last);
            return;
        }
        backoff = Math.min(64, backoff * 2);
        toRepeat.addAll(flying);
        flying.clear();
        control.timedOut();
        paceNanos = time.now();
        pump();
    }
}

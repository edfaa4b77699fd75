package io.sdros.server.rate;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What one viewer's connection may be sent: NADA (RFC 8698), with what a sender behind TCP can know. While no frame is late the rate
 * rises towards what is carried; else it moves so that the standing delay settles at a few hundredths of a second, the more the
 * lower the rate is.
 *
 * <p>It departs from the RFC where docs/decisions.md says so: no terms for loss and marks, which TCP hides; the least delay of frames
 * over {@value #FILTER_MILLIS} ms, so that a frame that waits for a retransmission is no queue; a slower rise; after congestion a
 * cap just below what was carried then, which is lifted slowly; and a way back at once if the queue went faster than it had come.
 *
 * <p>Not for use by several threads at once.
 */
final class NadaRate {

    static final long FILTER_MILLIS = 250;
    /** Below it nobody can see much: the rate is not the way to help. */
    static final double LEAST_BPS = 150_000;

    private static final long MILLI = 1_000_000;
    private static final double SECOND_NANOS = 1e9;
    private static final double BITS_PER_BYTE = 8;
    /** How long samples are kept: at least what the intervals below need, when they come every 200 ms. */
    private static final long MEMORY_NANOS = 1_000 * MILLI;

    // The RFC's names are in its section 6.3: kappa, eta, tau, x_ref, qeps, logwin, qbound, delta and dfilt.
    private static final double KAPPA = 0.5;
    private static final double ETA = 2;
    private static final double TAU_MILLIS = 500;
    private static final double REFERENCE_MILLIS = 15;
    /** The reference is this many times greater at most, however low the rate, since somebody steers by what comes. */
    private static final double MOST_REFERENCES = 4;
    private static final double QUIET_MILLIS = 10;
    private static final long QUIET_NANOS = 500 * MILLI;
    private static final double QUEUE_BOUND_MILLIS = 50;
    private static final double FEEDBACK_AND_FILTER_MILLIS = 220;
    private static final double GREATEST_STEP = 0.5;

    private static final long LEAST_STEP_NANOS = 90 * MILLI;
    private static final double LONGEST_STEP_MILLIS = 500;
    private static final long CARRIED_NANOS = 500 * MILLI;
    private static final double RISE_PER_SECOND = 0.15;
    private static final double CONGESTED_MILLIS = 60;
    private static final double CAP = 0.9;
    /** Less is left of the rate only where a connection stopped, or the way became another. */
    private static final double DEEP = 0.6;
    /** Of what was carried while a queue went: with it, it does not come again at once. */
    private static final double KEPT = 0.85;
    /** Encoders make down to two thirds of what they are told. */
    private static final double UNUSED = 0.5;
    private static final long CAP_HOLDS_NANOS = 5_000 * MILLI;
    private static final double CAP_RISE_PER_SECOND = 0.04;
    private static final double CAP_LIFT_PER_SECOND = 0.2;

    private final Deque<RateSample> samples = new ArrayDeque<>();
    private final LeastDelay least = new LeastDelay();
    private final QueuedRate queued = new QueuedRate();
    private double rate = Double.POSITIVE_INFINITY;
    private double cap = Double.POSITIVE_INFINITY;
    private double carried;
    private double queueMillis;
    private boolean congested;
    private double uncongested;
    private long stepNanos;
    private long congestedNanos;

    /**
     * The viewer was heard.
     *
     * @param ceilingBps the most that the stream ever needs; above it no limit is known. 0 if that is not known, and then
     *     nothing is concluded
     */
    void feedback(RateSample sample, double ceilingBps) {
        if (least.add(sample.atNanos(), sample.delayNanos(), sample.clockErrorNanos())) {
            samples.clear(); // they cannot be compared with what comes now
            queueMillis = 0;
        }
        samples.add(sample);
        queued.add(sample, least.nanos());
        while (samples.peek().atNanos() < sample.atNanos() - MEMORY_NANOS) {
            samples.remove();
        }
        if (ceilingBps > 0 && samples.size() > 1 && sample.atNanos() - stepNanos >= LEAST_STEP_NANOS) {
            double millis = Math.min(LONGEST_STEP_MILLIS, (sample.atNanos() - stepNanos) / (double) MILLI);
            stepNanos = sample.atNanos();
            step(sample.atNanos(), millis, ceilingBps);
        }
    }

    private void step(long atNanos, double millis, double ceilingBps) {
        double queue = leastQueueMillis(atNanos - FILTER_MILLIS * MILLI);
        carried = carriedSince(atNanos - CARRIED_NANOS);
        double before = Math.min(rate, ceilingBps);
        double next = greatestQueueMillis(atNanos - QUIET_NANOS) < QUIET_MILLIS ? risen(before, millis)
                : adjusted(before, queue, millis, ceilingBps);
        if (queue > CONGESTED_MILLIS && next < before) {
            uncongested = congested ? uncongested : before;
            congested = true;
            cap = Math.min(cap, CAP * carried);
            congestedNanos = atNanos;
        } else if (congested && queue < CONGESTED_MILLIS) {
            congested = false;
            next = restored(next, atNanos);
        }
        queueMillis = queue;
        cap *= 1 + (atNanos - congestedNanos < CAP_HOLDS_NANOS ? CAP_RISE_PER_SECOND : CAP_LIFT_PER_SECOND) * millis / 1_000;
        next = Math.max(LEAST_BPS, Math.min(next, cap));
        boolean limited = next < ceilingBps;
        rate = limited ? next : Double.POSITIVE_INFINITY;
        cap = limited ? cap : Double.POSITIVE_INFINITY;
    }

    /**
     * A queue need not be the rate's fault: a newcomer is sent at once what is kept for it, and BBR stops every 10 s to measure the
     * round trip. What the connection carries is seen as the queue goes, at the latest, and that is given back.
     */
    private double restored(double next, long atNanos) {
        double left = Math.min(next, cap);
        double carries = Math.min(KEPT * queued.bps(atNanos).orElse(0), uncongested);
        if (left >= DEEP * uncongested || carries <= left) {
            return next;
        }
        cap = Math.max(cap, CAP / KEPT * carries);
        return carries;
    }

    /** The RFC's accelerated ramp-up, which proves nothing where less is sent than may be. */
    private double risen(double before, double millis) {
        double gamma = Math.min(GREATEST_STEP, QUEUE_BOUND_MILLIS / (least.nanos() / (double) MILLI + FEEDBACK_AND_FILTER_MILLIS));
        return Math.max(before, Math.min((1 + UNUSED + gamma) * carried, before * (1 + RISE_PER_SECOND * millis / 1_000)));
    }

    /** The RFC's gradual update: towards the reference, and against the change of the delay. */
    private double adjusted(double before, double queue, double millis, double ceilingBps) {
        double offset = queue - REFERENCE_MILLIS * Math.min(MOST_REFERENCES, ceilingBps / before);
        double change = KAPPA * millis / TAU_MILLIS * offset / TAU_MILLIS + KAPPA * ETA * (queue - queueMillis) / TAU_MILLIS;
        return before * Math.max(GREATEST_STEP, 1 - change);
    }

    private double leastQueueMillis(long fromNanos) {
        long found = samples.peekLast().delayNanos();
        for (RateSample sample : samples) {
            found = sample.atNanos() >= fromNanos ? Math.min(found, sample.delayNanos()) : found;
        }
        return (found - least.nanos()) / (double) MILLI;
    }

    private double greatestQueueMillis(long fromNanos) {
        long found = samples.peekLast().delayNanos();
        for (RateSample sample : samples) {
            found = sample.atNanos() >= fromNanos ? Math.max(found, sample.delayNanos()) : found;
        }
        return (found - least.nanos()) / (double) MILLI;
    }

    private double carriedSince(long fromNanos) {
        RateSample first = samples.peek();
        RateSample last = samples.peekLast();
        for (RateSample sample : samples) {
            if (sample.atNanos() <= fromNanos) {
                first = sample;
            }
        }
        long nanos = last.receivedNanos() - first.receivedNanos();
        return nanos <= 0 ? carried : (last.carriedBytes() - first.carriedBytes()) * BITS_PER_BYTE * SECOND_NANOS / nanos;
    }

    /** Bits per second that may be sent; infinite if no limit is known. */
    double targetBps() {
        return rate;
    }

    /** Bits per second that were carried of late; 0 if nothing is known. */
    double carriedBps() {
        return carried;
    }
}

package io.sdros.transport.undertow.pace;

import io.sdros.transport.undertow.sdr2.SentFrame;

/**
 * What the connection of a client that sends feedback carries, and how long what was sent to it is on its way. It is
 * measured while there is more than the connection carries: from a frame's arrival to a later one's, if that had been
 * begun before the first was carried. One thread brings feedback, any may ask.
 */
public final class CarriedRate {

    /** Shorter times say little: what was sent at once comes at once. */
    private static final long LEAST_SPAN_NANOS = 20_000_000L;

    /**
     * What is known after a feedback.
     *
     * @param endBytes       of all that was sent, up to the end of the newest frame received
     * @param carriedNanos   when that had been carried, but for what even a connection without a queue takes
     * @param roundTripNanos see {@link #roundTripNanos}
     */
    private record Known(MeasuredRate rate, long endBytes, long carriedNanos, long roundTripNanos) {
    }

    // The reader's: the frame from which on is measured, and when it had been carried.
    private boolean begun;
    private long fromBytes;
    private long fromNanos;

    private volatile Known known = new Known(MeasuredRate.NONE, 0, 0, 0);

    /**
     * The client has received a frame that is newer than those it spoke of before.
     *
     * @param leastNanos      the least that a frame lately took, from the beginning of its sending to its arrival
     * @param clockErrorNanos by how much the client may be wrong about that: half a round trip, if it goes by the answers of
     *                        this server alone
     */
    public void received(SentFrame frame, long receivedNanos, long leastNanos, long clockErrorNanos) {
        MeasuredRate rate = known.rate;
        long carriedNanos = receivedNanos - leastNanos;
        long spanNanos = carriedNanos - fromNanos;
        boolean queued = begun && frame.begunNanos() - fromNanos <= 0;
        if (!queued || spanNanos >= LEAST_SPAN_NANOS) {
            if (queued) {
                rate = rate.with(frame.endBytes() - fromBytes, spanNanos, receivedNanos);
            }
            begun = true;
            fromBytes = frame.endBytes();
            fromNanos = carriedNanos;
        }
        known = new Known(rate, frame.endBytes(), carriedNanos, 2 * Math.max(leastNanos, clockErrorNanos));
    }

    /** What a byte takes while others wait behind it; 0 if that has not been measured lately. */
    public double nanosPerByte(long nowNanos) {
        return known.rate.nanosPerByte(nowNanos);
    }

    /**
     * How long it takes until all that was sent has been carried; 0 if the rate has not been measured lately.
     *
     * @param sentBytes all that was sent
     */
    public long aheadNanos(long sentBytes, long nowNanos) {
        Known now = known;
        return Math.max(0, (long) (now.rate.nanosPerByte(nowNanos) * (sentBytes - now.endBytes)) - (nowNanos - now.carriedNanos));
    }

    /** No less than a round trip, as far as is known: what a frame takes there at least, and as much back; 0 before the first. */
    public long roundTripNanos() {
        return known.roundTripNanos;
    }
}

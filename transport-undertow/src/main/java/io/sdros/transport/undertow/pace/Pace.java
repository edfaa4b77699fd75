package io.sdros.transport.undertow.pace;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntPredicate;

/**
 * How fast one client's connection is, by its feedback if it sends any, else by what its socket takes; and with that, how
 * long what is sent now is on its way, and how much the socket is to hold. Methods are for who holds the write claim, but
 * for what says otherwise.
 */
public final class Pace {

    private static final double BITS_PER_BYTE_AND_NANO = 8e9;

    private final CarriedRate carried; // null for a client that sends no feedback
    private final WriteRate written = new WriteRate();
    private final SendBuffer sendBuffer;

    /**
     * Makes one, of which nothing is known.
     *
     * @param sendBufferBytes what the socket's is, as asked for; 0 if that is the kernel's choice
     */
    public Pace(int sendBufferBytes, Optional<CarriedRate> carried) {
        sendBuffer = new SendBuffer(sendBufferBytes);
        this.carried = carried.orElse(null);
    }

    /** The socket takes nothing more. */
    public void full(long sentBytes, long nowNanos) {
        written.full(sentBytes, nowNanos);
    }

    /** The socket has taken everything. */
    public void empty() {
        written.empty();
    }

    /** Any thread: what a byte takes while others wait behind it; 0 if that is not known, as of a client that keeps up. */
    public double nanosPerByte(long nowNanos) {
        double byFeedback = carried == null ? 0 : carried.nanosPerByte(nowNanos);
        return byFeedback != 0 ? byFeedback : written.nanosPerByte(nowNanos);
    }

    /** Any thread: what the connection carries; absent if that is not known. */
    public OptionalLong carriedBps(long nowNanos) {
        double nanosPerByte = nanosPerByte(nowNanos);
        return nanosPerByte == 0 ? OptionalLong.empty() : OptionalLong.of(Math.round(BITS_PER_BYTE_AND_NANO / nanosPerByte));
    }

    /** Any thread: what the socket's send buffer was asked to be; absent if that is the kernel's choice. */
    public OptionalLong sendBufferBytes() {
        return sendBuffer.bytes() == 0 ? OptionalLong.empty() : OptionalLong.of(sendBuffer.bytes());
    }

    /** How long it takes until what was sent so far has arrived, or less. */
    public long aheadNanos(long sentBytes, long nowNanos) {
        if (carried != null && carried.nanosPerByte(nowNanos) != 0) {
            return carried.aheadNanos(sentBytes, nowNanos);
        }
        // Linux takes twice as much as it is asked for, and tells of room when a third of that is free: there is more than this.
        return written.isFull() ? (long) (written.nanosPerByte(nowNanos) * sendBuffer.bytes()) : 0;
    }

    /**
     * One thread, now and then: what lies in the send buffer nobody can drop, so it is to hold no more than the connection
     * carries in a moment.
     *
     * @param resize gives the socket's this size, as far as the kernel allows; false if it could not be asked
     */
    public void resizeSendBuffer(long nowNanos, IntPredicate resize) {
        double nanosPerByte = nanosPerByte(nowNanos);
        long roundTripNanos = carried == null ? 0 : carried.roundTripNanos();
        if (nanosPerByte != 0 && sendBuffer.follow(nanosPerByte, roundTripNanos, nowNanos) && resize.test(sendBuffer.bytes())) {
            written.resized();
        }
    }
}

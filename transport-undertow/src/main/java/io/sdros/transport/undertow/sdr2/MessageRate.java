package io.sdros.transport.undertow.sdr2;

/** Whether a client sends more messages than any needs. One thread. */
public final class MessageRate {

    /** More than these within a second are too many. */
    public static final int MOST_PER_SECOND = 200;
    private static final long SECOND_NANOS = 1_000_000_000;

    private long secondBeganNanos;
    private int messages;

    /** One came; returns false if that was one too many. */
    public boolean message(long nowNanos) {
        if (messages == 0 || nowNanos - secondBeganNanos >= SECOND_NANOS) {
            secondBeganNanos = nowNanos;
            messages = 0;
        }
        messages++;
        return messages <= MOST_PER_SECOND;
    }
}

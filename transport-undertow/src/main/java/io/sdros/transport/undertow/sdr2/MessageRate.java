package io.sdros.transport.undertow.sdr2;

/**
 * Whether a client sends more messages than any needs. What it said while its connection carried nothing comes at once when
 * that carries again, so an allowance is saved for this. One thread.
 */
public final class MessageRate {

    /** More than these within a second are too many. */
    public static final int MOST_PER_SECOND = 200;
    /** Twice what a client says by its timer. */
    static final int SAVED_PER_SECOND = 10;
    /** So much is saved at most. */
    static final int MOST_SAVED = 1_000;

    private static final long SECOND_NANOS = 1_000_000_000;
    private static final long FULL = MOST_PER_SECOND * SECOND_NANOS;
    private static final long FULL_SAVINGS = MOST_SAVED * SECOND_NANOS;
    private static final long LONGEST_NANOS = FULL_SAVINGS / SAVED_PER_SECOND;

    private boolean begun;
    private long lastNanos;
    // Both in billionths of a message, of which a nanosecond brings as many as a second brings messages.
    private long allowance = FULL;
    private long savings;

    /** One came; returns false if that was one too many. */
    public boolean message(long nowNanos) {
        long passed = begun ? Math.min(LONGEST_NANOS, nowNanos - lastNanos) : 0;
        begun = true;
        lastNanos = nowNanos;
        allowance = Math.min(FULL, allowance + passed * MOST_PER_SECOND);
        savings = Math.min(FULL_SAVINGS, savings + passed * SAVED_PER_SECOND);
        if (allowance >= SECOND_NANOS) {
            allowance -= SECOND_NANOS;
            return true;
        }
        if (savings >= SECOND_NANOS) {
            savings -= SECOND_NANOS;
            return true;
        }
        return false;
    }
}

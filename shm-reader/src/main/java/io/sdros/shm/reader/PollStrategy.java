package io.sdros.shm.reader;

/**
 * Decides how long to wait between two looks at the commit sequence. Knows nothing but what it is told, so it can be
 * run against a made-up clock; it is the loop that waits.
 */
interface PollStrategy {

    /** A pause of one spin hint. */
    long SPIN = 0;

    /** A pause as long as the scheduler likes. */
    long YIELD = -1;

    /**
     * Takes note of a look.
     *
     * @param sequence the commit sequence that was seen
     * @param nowNanos when
     */
    void observe(long sequence, long nowNanos);

    /** Forgets everything: for a while the looks were not this strategy's, and too far apart to learn from. */
    void restart();

    /**
     * How long to wait before the next look, counted from now. May be asked more than once between two looks, and
     * the wait may be cut short: the answer depends on the time, not on how often it was asked.
     *
     * @return nanoseconds to sleep, {@link #SPIN} or {@link #YIELD}
     */
    long pauseNanos(long nowNanos);
}

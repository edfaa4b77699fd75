package io.sdros.server.rate;

/** One way to find out what a connection carries, for comparison in the simulation. */
interface RateControl {

    /**
     * The viewer was heard.
     *
     * @param sentBytes handed to the kernel so far
     * @param waitingNanos how long the oldest frame has waited in the server that could not be begun; 0 if none does
     * @param windowClosed whether no frame may be begun, since the oldest unreceived one is too old
     */
    void feedback(RateSample sample, long sentBytes, long waitingNanos, boolean windowClosed);

    /** Bits per second; infinite if no limit is known. */
    double targetBps();
}

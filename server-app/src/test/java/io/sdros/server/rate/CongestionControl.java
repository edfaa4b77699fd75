package io.sdros.server.rate;

/** How a TCP sender decides how much may be on the way; a model of what a kernel does. Times are nanoseconds. */
interface CongestionControl {

    /**
     * A packet is acknowledged.
     *
     * @param rateBps at which packets arrived between its being sent and now
     * @param appLimited whether there was too little to send meanwhile for that to be the link's rate
     * @param limited whether the window was full
     */
    void acked(long nowNanos, long rttNanos, double rateBps, boolean appLimited, boolean limited, boolean newRound);

    /** Packets were found lost; told at most once per round trip. */
    void lost(long nowNanos);

    /** Nothing came back for so long that everything on the way is taken for lost. */
    void timedOut();

    double windowPackets();

    /** Bits per second; infinite if packets are sent as soon as they may be. */
    double pacingBps();
}

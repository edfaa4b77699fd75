package io.sdros.shm.reader;

/** Waits; replaced where time is made up. */
interface Pauser {

    /**
     * Waits about as long as told, less if the thread is unparked or interrupted.
     *
     * @param nanos nanoseconds, {@link PollStrategy#SPIN} or {@link PollStrategy#YIELD}
     */
    void pause(long nanos);
}

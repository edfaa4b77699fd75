package io.sdros.fanout;

import java.time.Duration;

/**
 * One subscriber's messages of one broadcaster, in order.
 *
 * <p>It belongs to a {@link WakeupGroup}, which is woken when there may be something to poll after a {@link #poll}
 * found nothing. What may be there from the start is no reason to wake: whoever hands a new subscription to the thread
 * that will poll it has it polled once.
 *
 * <p>Threading: the polls are called by one thread at a time, each publishing its writes to the next (a lock that is
 * handed over does that). Everything else may be called by any thread at any time.
 */
public interface Subscription<M> extends AutoCloseable {

    /** Takes the next message without waiting for one; null if there is none now. */
    M poll();

    /**
     * Takes the next message, and waits for it if need be; for a subscription that is alone in its group.
     *
     * @return null if none came in time, or if the subscription was closed
     * @throws InterruptedException if the thread was interrupted while it waited
     * @throws IllegalStateException if the group has other subscriptions, which would not be polled meanwhile
     */
    M poll(Duration timeout) throws InterruptedException;

    /** Whether a poll may find something; false only if it would not. */
    boolean ready();

    /** Whether {@link #close} has been called. */
    boolean closed();

    /**
     * Leaves the broadcaster and lets go of everything held; whoever waits in {@link #poll(Duration)} returns. Also
     * while another thread polls, which may still be given a message; again is harmless.
     */
    @Override
    void close();
}

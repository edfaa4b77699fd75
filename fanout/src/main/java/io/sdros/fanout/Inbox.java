package io.sdros.fanout;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;

/**
 * Members that have something for the producer thread: they join, they leave or they need a keyframe. Which it is, the
 * producer sees in the member itself.
 *
 * <p>Threading: {@link #put} by any thread, the rest by the producer thread.
 */
final class Inbox<M> {

    private static final int CHUNK = 128;

    private final MpscUnboundedVarHandleArrayQueue<Member<M>> queue = new MpscUnboundedVarHandleArrayQueue<>(CHUNK);
    private final AtomicBoolean raised = new AtomicBoolean();
    private final Runnable producerWakeup;

    Inbox(Runnable producerWakeup) {
        this.producerWakeup = producerWakeup;
    }

    void put(Member<M> member) {
        queue.offer(member);
        // After the offer, and an atomic exchange: if it finds the flag still up, the exchange in open() comes later
        // and makes the offer visible to the polls after it.
        if (!raised.getAndSet(true)) {
            producerWakeup.run();
        }
    }

    /** @return whether there may be something to {@link #take}; cheap if there is nothing */
    boolean open() {
        // Pairs with the exchange in put(); the plain look first keeps an idle producer from writing.
        return raised.get() && raised.getAndSet(false);
    }

    /** There is something left that has not been taken: the next {@link #open} says so. */
    void reopen() {
        raised.set(true);
    }

    /** @return null when empty, or when the next one is only just being put: its flag will go up again */
    Member<M> take() {
        return queue.relaxedPoll();
    }
}

package io.sdros.fanout;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToIntFunction;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;

/**
 * Subscribers that have something for the producer thread: they join, they leave or they need a keyframe. Which it is,
 * the producer sees in the subscriber itself.
 *
 * <p>Threading: {@link #put} by any thread, the rest by the producer thread.
 */
final class ServiceQueue<M> {

    private static final int CHUNK = 128;

    private final MpscUnboundedVarHandleArrayQueue<Subscriber<M>> queue = new MpscUnboundedVarHandleArrayQueue<>(CHUNK);
    private final AtomicBoolean raised = new AtomicBoolean();
    private final Runnable producerWakeup;

    private Subscriber<M> serving; // null between two of them
    private Subscriber<M> servingAgain; // null unless something was thrown

    ServiceQueue(Runnable producerWakeup) {
        this.producerWakeup = producerWakeup;
    }

    void put(Subscriber<M> subscriber) {
        queue.offer(subscriber);
        // After the offer, and an atomic exchange: if it finds the flag still up, the exchange in isRaised() comes
        // later and makes the offer visible to the polls after it.
        if (!raised.getAndSet(true)) {
            producerWakeup.run();
        }
    }

    /**
     * Serves all that are in the queue; cheap if there are none. When something is thrown, the next call goes on with
     * the one it was thrown for, but only once more.
     *
     * @param server returns a number
     * @return the sum of these
     */
    int serve(ToIntFunction<Subscriber<M>> server) {
        if (!isRaised()) {
            return 0;
        }
        int sum = 0;
        boolean emptied = false;
        try {
            for (Subscriber<M> next = next(); next != null; next = next()) {
                serving = next;
                sum += server.applyAsInt(next);
                serving = null;
            }
            emptied = true;
        } finally {
            if (!emptied) {
                raised.set(true); // for those behind the one that something was thrown for
            }
        }
        return sum;
    }

    private boolean isRaised() {
        // Pairs with the exchange in put(); the plain look first keeps an idle producer from writing.
        return raised.get() && raised.getAndSet(false);
    }

    /** Null when empty, or when the next one is only just being put: its flag will go up again. */
    private Subscriber<M> next() {
        Subscriber<M> again = serving;
        serving = null;
        if (again == null || again == servingAgain) {
            servingAgain = null;
            return queue.relaxedPoll();
        }
        servingAgain = again;
        return again;
    }
}

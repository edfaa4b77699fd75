package io.sdros.fanout;

import io.sdros.fanout.StreamPosition.Break;
import java.util.function.Consumer;

/**
 * Finds subscribers whose wait for a keyframe has reached the timeout while frames flowed that they never got to see:
 * nothing makes them poll, so they have to be woken. Looks at the subscribers only when the first of them can be due.
 *
 * <p>Threading: producer thread only.
 */
final class TimeoutWatch<M> {

    /** Who is still there after this part of the timeout is woken again. */
    private static final int REPEATS_PER_TIMEOUT = 8;

    private final long timeoutNanos;
    private long nextCheckFlowNanos;

    TimeoutWatch(long timeoutNanos) {
        this.timeoutNanos = timeoutNanos;
        nextCheckFlowNanos = timeoutNanos;
    }

    /**
     * @param openBreak the break after which no keyframe has come yet, null if there is none; subscribers that have
     *     drained their queue wait since then, though they may not have noticed
     * @param reached given those whose timeout has been reached
     * @return how many they are
     */
    int check(AdmittedSubscribers<M> admitted, long flowNanos, Break openBreak, Consumer<Subscriber<M>> reached) {
        if (flowNanos < nextCheckFlowNanos) {
            return 0;
        }
        // A wait that begins from now on cannot be over before.
        long next = flowNanos + timeoutNanos;
        int timedOut = 0;
        for (int i = 0; i < admitted.size(); i++) {
            Subscriber<M> subscriber = admitted.get(i);
            long dueNanos = dueFlowNanos(subscriber, openBreak);
            if (dueNanos <= flowNanos) {
                reached.accept(subscriber);
                timedOut++;
                next = Math.min(next, flowNanos + timeoutNanos / REPEATS_PER_TIMEOUT);
            } else {
                next = Math.min(next, dueNanos);
            }
        }
        nextCheckFlowNanos = next;
        return timedOut;
    }

    private long dueFlowNanos(Subscriber<M> subscriber, Break openBreak) {
        Wait wait = subscriber.gate.currentWait();
        if (!wait.isNone()) {
            return wait.flowNanos() + timeoutNanos;
        }
        return openBreak == null ? Long.MAX_VALUE : openBreak.flowNanos() + timeoutNanos;
    }
}

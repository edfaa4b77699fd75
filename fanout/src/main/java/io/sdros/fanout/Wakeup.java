package io.sdros.fanout;

/**
 * How the thread that polls a {@link WakeupGroup} learns that there may be something to poll.
 *
 * <p>Both methods are called on the thread that changed something (a broadcaster's producer or publishing thread), so
 * they must not block, and must not call that broadcaster's producer methods. What they throw keeps no other group from
 * being woken: a {@link RuntimeException} is counted by the broadcaster, an {@link Error} is thrown on once all have
 * been woken. Either way the next change calls again.
 */
@FunctionalInterface
public interface Wakeup {

    /**
     * Sees to it that the group is drained soon: by a task for an event loop, say. After a message, an admission, a
     * break of the stream or a keyframe timeout; not again until {@link WakeupGroup#beginDrain} has been called.
     */
    void wake();

    /**
     * A message has been published: the chance to poll it right here, which spares a hand-over between threads where
     * there are few subscriptions to write for. Called once for each message that may have made an idle subscription
     * ready, whether or not a wake-up is pending. With a {@link LatestValueBroadcaster} several threads may publish,
     * and call this, at the same time.
     *
     * @return whether all that was there has been polled, so that nobody need be woken
     */
    default boolean drainInline() {
        return false;
    }
}

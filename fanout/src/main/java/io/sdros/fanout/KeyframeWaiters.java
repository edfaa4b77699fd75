package io.sdros.fanout;

/**
 * Counts the subscribers that wait for a keyframe. Each keyframe empties it at once, without a look at the subscribers:
 * whether one was counted since is told by the keyframe index noted with it.
 *
 * <p>Threading: producer thread only.
 */
final class KeyframeWaiters {

    private long sinceKeyframe = StreamPosition.NO_KEYFRAME;
    private int waiting;

    /** @return false if the subscriber had been counted already */
    boolean add(Subscriber<?> subscriber) {
        if (contains(subscriber)) {
            return false;
        }
        subscriber.waitingSinceKeyframe = sinceKeyframe;
        waiting++;
        return true;
    }

    void remove(Subscriber<?> subscriber) {
        if (contains(subscriber)) {
            subscriber.waitingSinceKeyframe = Long.MIN_VALUE;
            waiting--;
        }
    }

    void keyframe(long index) {
        sinceKeyframe = index;
        waiting = 0;
    }

    int count() {
        return waiting;
    }

    /** A request has been made for all who wait; called seldom enough to look at every subscriber. */
    void requested(long nowNanos, AdmittedSubscribers<?> admitted) {
        for (int i = 0; i < admitted.size(); i++) {
            Subscriber<?> subscriber = admitted.get(i);
            if (contains(subscriber)) {
                subscriber.backoff.requested(nowNanos);
            }
        }
    }

    private boolean contains(Subscriber<?> subscriber) {
        return subscriber.waitingSinceKeyframe == sinceKeyframe;
    }
}

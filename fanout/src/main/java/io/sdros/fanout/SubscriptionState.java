package io.sdros.fanout;

/** Where a {@link StreamSubscription} is between joining and leaving. */
public enum SubscriptionState {
    /** Subscribed, not yet admitted by the producer thread: nothing can be polled. */
    JOINING,
    /** Everything but a keyframe is discarded. */
    AWAITING_KEYFRAME,
    /** Polling what was published before the admission. */
    REPLAYING,
    /** Polling live messages. */
    STREAMING,
    /** Gone: nothing is held and nothing can be polled any more. */
    CLOSED
}

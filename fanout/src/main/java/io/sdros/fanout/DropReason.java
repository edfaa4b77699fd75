package io.sdros.fanout;

/** Why a subscriber did not get a message. */
public enum DropReason {
    /** Its queue was full: evicted, or passed over on the way to the next keyframe. */
    OVERFLOW,
    /** It was among the oldest that the queues hold, and they held too much together; or passed over after that. */
    MEMORY,
    /** Its oldest queued message was too old: that one, and those passed over on the way to the next keyframe. */
    LATENCY,
    /** No other message needs it, so it was left out for a subscriber that is late, in favour of what follows. */
    DROPPABLE,
    /** The subscriber asked for fewer messages a second than there are. */
    UNWANTED,
    /** It was waiting for a keyframe, and this was none. */
    GATE
}

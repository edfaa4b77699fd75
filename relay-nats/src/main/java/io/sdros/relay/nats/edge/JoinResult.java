package io.sdros.relay.nats.edge;

import java.util.Locale;

/** How joining a stream went. */
public enum JoinResult {
    /** It began with the group of pictures that was sent again. */
    REPLAYED,
    /** It began with a keyframe that came meanwhile. */
    KEYFRAME,
    /** It went on right behind the last frame before the connection was lost. */
    CONTINUED,
    /** Nothing to begin with came within the time, and it was asked for again. */
    UNANSWERED;

    /** In metrics. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}

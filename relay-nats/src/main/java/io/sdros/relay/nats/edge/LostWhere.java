package io.sdros.relay.nats.edge;

import java.util.Locale;

/** Where frames were lost that an origin has published. */
public enum LostWhere {
    /** On the way, or while the connection was away. */
    NETWORK,
    /** Some of its chunks were lost on the way. */
    INCOMPLETE,
    /** Not subscribed to, since frames came too late. */
    LAG,
    /** Left out at joining, since a newer keyframe came. */
    JOIN,
    /** In this process, which took frames more slowly than they came. */
    EDGE;

    /** In metrics. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}

package io.sdros.relay.nats.edge;

/** What of a stream an edge subscribes to. */
public enum Channel {
    /** Keyframes. */
    KEYFRAMES,
    /** All other frames. */
    DELTAS,
    /** The group of pictures that whoever joins begins with. */
    REPLAY
}

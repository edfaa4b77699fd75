package io.sdros.relay.nats;

/** How the source of an origin's frames is. */
public enum SourceState {
    /** Frames come that can be shown. */
    LIVE,
    /** There is a source, and nothing of now comes from it. */
    STALE,
    /** There is none. */
    ABSENT
}

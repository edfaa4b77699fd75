package io.sdros.fanout;

/** What made a keyframe request necessary. */
public enum KeyframeRequestReason {
    /** A subscriber joined and nothing could be replayed to it. */
    JOIN,
    /** A subscriber lagged with no keyframe at hand, or the stream itself broke. */
    LAG,
    /** The request before was not answered within the interval. */
    TIMEOUT
}

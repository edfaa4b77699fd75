package io.sdros.server.rate;

/** Whose connection decides what the encoder is told. */
public enum RatePolicy {
    /** That of the viewer in control, else as {@link #PERCENTILE}. Nobody is in control yet. */
    CONTROL,
    /** The one below which a quarter are, so that a bad phone does not spoil it for all. */
    PERCENTILE,
    /** The slowest. */
    SLOWEST,
    /** Nobody's: nothing is told. */
    OFF
}

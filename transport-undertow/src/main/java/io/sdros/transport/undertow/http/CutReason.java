package io.sdros.transport.undertow.http;

/** Why a connection of {@link Strangers} had to give way. */
public enum CutReason {
    /** There were too many of them, and its address had the most. */
    LIMIT,
    /** There were too many of them from its address. */
    ADDRESS_LIMIT
}

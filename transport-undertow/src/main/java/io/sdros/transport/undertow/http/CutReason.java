package io.sdros.transport.undertow.http;

/** Why a connection of {@link HttpConnections} was closed for a new one. */
public enum CutReason {
    /** There were too many of them, and its address had the most. */
    LIMIT,
    /** There were too many of them from its address. */
    ADDRESS_LIMIT
}

package io.sdros.transport.undertow;

import java.util.Locale;

/** Why a client's connection ended. */
public enum ClosedReason {
    /** The client sent a close frame. */
    CLIENT,
    /** The TCP connection ended or failed without a close frame. */
    DISCONNECTED,
    /** RFC 6455 violated, 1002. */
    PROTOCOL_ERROR,
    /** Text that is not UTF-8, 1007. */
    BAD_DATA,
    /** Inbound message over 64 KiB, 1009. */
    TOO_BIG,
    /** More messages in a second than a client of sdr.2 may send, 1008. */
    TOO_MANY,
    /** No sign of life for the idle timeout, 1001. */
    IDLE,
    /** No byte of progress on a pending write for the stall timeout; cut. */
    STALLED,
    /** In the middle of a write it held on to a frame that the bound on memory had let go of; cut. */
    MEMORY,
    /** An error of the server's own while it served this client; logged, and cut. */
    FAILED,
    /** No keyframe came while frames flowed, 4408. */
    KEYFRAME_TIMEOUT,
    /** The server stopped, or serves the feed no more, 1001. */
    SHUTDOWN;

    /** For metric labels. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}

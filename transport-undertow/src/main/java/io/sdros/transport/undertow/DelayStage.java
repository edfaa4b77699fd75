package io.sdros.transport.undertow;

import java.util.Locale;

/** A way that a frame goes, from one of its times to another. */
public enum DelayStage {
    /** Of frames whose capture time is known. */
    CAPTURE_TO_COMMIT,
    COMMIT_TO_SERVER,
    SERVER_TO_SOCKET,
    SOCKET_TO_RECEIVED,
    /** Of frames shown, in whole milliseconds as clients say it, 255 ms at most. */
    RECEIVED_TO_DECODED,
    /** What is left of the next one. */
    DECODED_TO_DISPLAYED,
    /** By how much a frame is longer on its way to being shown than to being received; seldom of the same frame. */
    RECEIVED_TO_DISPLAYED,
    /** The whole way but for what comes before the commit. */
    COMMIT_TO_DISPLAYED;

    /** For metric labels and reports. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}

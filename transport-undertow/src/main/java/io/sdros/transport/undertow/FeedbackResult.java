package io.sdros.transport.undertow;

import java.util.Locale;

/** What became of a feedback or clock message of a client that speaks sdr.2. */
public enum FeedbackResult {
    /** Feedback that was believed. */
    ACCEPTED,
    /** Feedback or a clock message of a wrong length, or of a state that there is not. */
    MALFORMED,
    /** Feedback about a frame that was never sent to the client, or a time that has not come yet. */
    IMPOSSIBLE;

    /** For metric labels. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}

package io.sdros.server.settings;

/** How the reader waits for the next frame; the reader's own enumeration has the same names. */
public enum PollModeSetting {
    CADENCE,
    ADAPTIVE
}

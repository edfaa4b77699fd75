package io.sdros.server;

/** How the reader waits for the next frame; the reader's own enumeration has the same names. */
enum PollModeSetting {
    CADENCE,
    ADAPTIVE
}

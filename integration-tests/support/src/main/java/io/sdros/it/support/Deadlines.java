package io.sdros.it.support;

import java.time.Duration;

/** How long the tests wait. The first group is generous and decides nothing; the second is promised to users. */
public final class Deadlines {

    /** A child process has started and says so, on a loaded machine. */
    public static final Duration START = Duration.ofSeconds(60);

    /** Something that takes milliseconds has happened. */
    public static final Duration SOON = Duration.ofSeconds(20);

    /** Contract, attaching: replacement and truncation are noticed within this, and a restarted writer all the more. */
    public static final Duration RESUME = Duration.ofSeconds(1);

    /** Contract, process: from SIGTERM to exit 0. */
    public static final Duration SHUTDOWN = Duration.ofSeconds(5);

    private Deadlines() {
    }
}

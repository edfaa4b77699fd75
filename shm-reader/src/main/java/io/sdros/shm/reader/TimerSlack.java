package io.sdros.shm.reader;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Asks Linux to wake the calling thread on time. By default it may wake a thread 50 µs late to save power, which is
 * as long as the pauses between looks when a frame is due.
 */
final class TimerSlack {

    /** Nanoseconds; small against a pause, and more than nothing, so that close timers still go together. */
    private static final String SLACK = "1000";

    private TimerSlack() {
    }

    /** Lowers the calling thread's slack. Where this is not possible nothing changes, and frames come a bit later. */
    static boolean lower() {
        try {
            // Leads to <pid>/task/<tid>. The file is not listed there, but the thread's own number has it.
            Path self = Files.readSymbolicLink(Path.of("/proc/thread-self"));
            Path slack = Path.of("/proc", self.getFileName().toString(), "timerslack_ns");
            Files.write(slack, SLACK.getBytes(StandardCharsets.US_ASCII), StandardOpenOption.WRITE);
            return true;
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }
}

package io.sdros.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;

/**
 * What a signal to end (SIGTERM, SIGINT, SIGHUP) comes to: what runs is closed and the process ends with 0. Installed
 * before anything else, so that this holds while the server is still starting.
 *
 * <p>Any thread.
 */
final class OrderlyStop implements Runnable {

    /** The JVM's own exit code after a signal is 128 + its number; an orderly stop is no error. */
    private static final int EXIT_CODE = 0;

    private final List<AutoCloseable> running = new ArrayList<>();
    /** Handed over with the first thing to close: before that, logging may not be configured. */
    private Optional<Logger> log = Optional.empty();
    private volatile boolean begun;
    private volatile boolean disarmed;

    /** One that no signal starts: for commands that end by themselves, and for tests. */
    OrderlyStop() {
    }

    /** From now on a signal is an orderly stop. */
    static OrderlyStop install() {
        OrderlyStop stop = new OrderlyStop();
        // No lambda: the first one costs tens of milliseconds, in which a signal would still end the process with 143.
        Runtime.getRuntime().addShutdownHook(new Thread(stop, "shutdown"));
        return stop;
    }

    /**
     * Builds what is to be closed by a stop; one that comes meanwhile waits for it.
     *
     * @param stopLog told of the stop
     */
    synchronized <T extends AutoCloseable> T building(Supplier<T> build, Logger stopLog) {
        log = Optional.of(stopLog);
        T built = build.get();
        running.add(built);
        return built;
    }

    /** Closed by a stop as well, after what was built before. */
    synchronized void alsoCloses(AutoCloseable other) {
        running.add(other);
    }

    /** Whether it has: whatever fails from then on fails because of it, and the process is about to end. */
    boolean begun() {
        return begun;
    }

    /** The process ends by itself, with an exit code of its own. */
    void disarm() {
        disarmed = true;
    }

    /** The JVM's shutdown. Does not return, unless disarmed. */
    @Override
    public void run() {
        if (disarmed) {
            return;
        }
        begun = true;
        List<AutoCloseable> all = everythingRunning();
        stopLog().ifPresent(stopLog -> closeAll(all, stopLog));
        Runtime.getRuntime().halt(EXIT_CODE);
    }

    private synchronized List<AutoCloseable> everythingRunning() {
        return List.copyOf(running);
    }

    private synchronized Optional<Logger> stopLog() {
        return log;
    }

    private static void closeAll(List<AutoCloseable> all, Logger log) {
        log.info("Stopping");
        for (AutoCloseable each : all) {
            close(each, log);
        }
        log.info("Stopped");
    }

    static void close(AutoCloseable running, Logger log) {
        try {
            running.close();
        } catch (Exception | Error e) {
            // Errors, too: there is more to close, and the process is to end with its own exit code.
            log.error("The stop was not clean", e);
        }
    }
}

package io.sdros.server;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks again and again whether what viewers are told of their streams has changed. */
final class StateAnnouncer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StateAnnouncer.class);

    /** Viewers learn of a change so much later at most. */
    private static final long LOOK_INTERVAL_MILLIS = 250;

    private final Runnable announcement;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "state");
        thread.setDaemon(true);
        return thread;
    });
    private String lastProblem = "";

    /** @param announcement announces what is the case now; cheap if that is what was announced before */
    StateAnnouncer(Runnable announcement) {
        this.announcement = announcement;
    }

    /** From now on announces whatever has changed. */
    void start() {
        executor.scheduleWithFixedDelay(this::look, LOOK_INTERVAL_MILLIS, LOOK_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Announces once, on the calling thread. Throws nothing: that would be the last time. */
    void look() {
        try {
            announcement.run();
        } catch (RuntimeException | Error e) {
            if (!e.toString().equals(lastProblem)) {
                lastProblem = e.toString();
                LOG.error("The state of the streams could not be announced", e);
            }
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}

package io.sdros.server;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks again and again whether what viewers are told of their streams has changed. */
final class StateAnnouncer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StateAnnouncer.class);

    /** Viewers learn of a change so much later at most. */
    private static final long LOOK_INTERVAL_MILLIS = 250;
    /** While nobody watches only each so many looks are taken: what the next viewer is told first is no older. */
    private static final int UNWATCHED_INTERVALS = 4;

    private final Runnable announcement;
    private final BooleanSupplier watched;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "state");
        thread.setDaemon(true);
        return thread;
    });
    private String lastProblem = "";
    private int intervalsWithoutLook;

    /**
     * @param announcement announces what is the case now; cheap if that is what was announced before
     * @param watched      whether there is a viewer
     */
    StateAnnouncer(Runnable announcement, BooleanSupplier watched) {
        this.announcement = announcement;
        this.watched = watched;
    }

    /** From now on announces whatever has changed. */
    void start() {
        executor.scheduleWithFixedDelay(this::intervalEnds, LOOK_INTERVAL_MILLIS, LOOK_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** One interval has passed. */
    void intervalEnds() {
        intervalsWithoutLook++;
        if (intervalsWithoutLook >= UNWATCHED_INTERVALS || watched.getAsBoolean()) {
            intervalsWithoutLook = 0;
            look();
        }
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

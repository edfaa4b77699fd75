package io.sdros.server;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks again and again whether what viewers are told of their streams has changed: four times a second while somebody is
 * told, and once a second otherwise, so that a newcomer's first message is no older. Each look takes a sleeping core
 * about half a millisecond, most of which is its waking up.
 */
final class StateAnnouncer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StateAnnouncer.class);

    static final long HEARD_INTERVAL_MILLIS = 250;
    static final long UNHEARD_INTERVAL_MILLIS = 1_000;

    private final Runnable announcement;
    private final BooleanSupplier heard;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "state");
        thread.setDaemon(true);
        return thread;
    });
    private String lastProblem = "";

    /**
     * @param announcement announces what is the case now; cheap if that is what was announced before
     * @param heard        whether there is a viewer who is told
     */
    StateAnnouncer(Runnable announcement, BooleanSupplier heard) {
        this.announcement = announcement;
        this.heard = heard;
    }

    /** From now on announces whatever has changed. */
    void start() {
        executor.schedule(this::lookAndGoOn, HEARD_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void lookAndGoOn() {
        look();
        if (!executor.isShutdown()) {
            executor.schedule(this::lookAndGoOn, nextLookMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** How long after one look the next is taken. */
    long nextLookMillis() {
        return heard.getAsBoolean() ? HEARD_INTERVAL_MILLIS : UNHEARD_INTERVAL_MILLIS;
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

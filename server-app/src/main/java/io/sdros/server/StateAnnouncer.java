package io.sdros.server;

import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks again and again whether what viewers are told of their streams has changed: four times a second while somebody is
 * told, seldom otherwise, and at once when a viewer comes whose first message would be old. A look takes a sleeping core
 * about half a millisecond, most of which is its waking up.
 */
final class StateAnnouncer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StateAnnouncer.class);

    /** Who is told something, and so how long it may be until the next look. */
    enum Audience {
        /** Viewers are told the state. */
        VIEWERS(250),
        /** No viewer is, but encoders or other servers are told something. */
        OTHERS(1_000),
        NOBODY(10_000);

        private final long intervalMillis;

        Audience(long intervalMillis) {
            this.intervalMillis = intervalMillis;
        }
    }

    /** For so long whoever has come is told, whatever the audience says: it may be asked before the arrival is counted. */
    static final long ARRIVAL_NANOS = 2_000_000_000;

    private final Guarded announcement;
    private final Guarded chores;
    private final Supplier<Audience> audience;
    private final LongSupplier nanoClock;
    private final Lock announcing = new ReentrantLock();
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "state");
        thread.setDaemon(true);
        return thread;
    });

    // Guarded by this.
    private Optional<Future<?>> next = Optional.empty();
    /** Whether the last look was, and the next is, as near as it is for viewers. */
    private boolean soon;
    private boolean anybodyCame;
    private long cameNanos;

    /**
     * @param announcement announces what is the case now; cheap if that is what was announced before; by one thread at a time
     * @param chores       what else is to be done from time to time, on this one's thread
     * @param audience     asked after each look
     * @param nanoClock    as {@link System#nanoTime}
     */
    StateAnnouncer(Runnable announcement, Runnable chores, Supplier<Audience> audience, LongSupplier nanoClock) {
        this.announcement = new Guarded(announcement);
        this.chores = new Guarded(chores);
        this.audience = audience;
        this.nanoClock = nanoClock;
    }

    /** From now on announces whatever has changed. */
    void start() {
        goOn();
    }

    /**
     * A viewer has come and will be told what was announced last: announces, unless that was a moment ago, and looks again
     * soon. On the viewer's I/O thread, before it is told. Waits for nobody.
     */
    void viewerComes() {
        synchronized (this) {
            anybodyCame = true;
            cameNanos = nanoClock.getAsLong();
            if (soon) {
                return;
            }
        }
        // Whoever is looking at this moment tells everybody what is new.
        if (announcing.tryLock()) {
            try {
                announcement.run();
            } finally {
                announcing.unlock();
            }
        }
        goOn();
    }

    private void lookAndGoOn() {
        look();
        goOn();
    }

    private synchronized void goOn() {
        long millis = nextLookMillis();
        soon = millis == Audience.VIEWERS.intervalMillis;
        next.ifPresent(planned -> planned.cancel(false));
        try {
            next = Optional.of(executor.schedule(this::lookAndGoOn, millis, TimeUnit.MILLISECONDS));
        } catch (RejectedExecutionException e) {
            // Closed meanwhile.
            next = Optional.empty();
        }
    }

    /** How long after one look the next is taken. */
    synchronized long nextLookMillis() {
        boolean arrival = anybodyCame && nanoClock.getAsLong() - cameNanos < ARRIVAL_NANOS;
        return (arrival ? Audience.VIEWERS : audience.get()).intervalMillis;
    }

    /** Announces once and does the chores, on the calling thread. Throws nothing: that would be the last time. */
    void look() {
        announcing.lock();
        try {
            announcement.run();
        } finally {
            announcing.unlock();
        }
        chores.run();
    }

    /** Throws nothing, and says so once. */
    private static final class Guarded implements Runnable {

        private final Runnable task;
        private volatile String lastProblem = "";

        Guarded(Runnable task) {
            this.task = task;
        }

        @Override
        public void run() {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                if (!e.toString().equals(lastProblem)) {
                    lastProblem = e.toString();
                    LOG.error("The state of the streams could not be announced", e);
                }
            }
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}

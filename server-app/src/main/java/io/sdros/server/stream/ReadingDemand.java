package io.sdros.server.stream;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Whether frames are to be read: while somebody watches, and for a time after, so that a page that is loaded again
 * finds the pictures since the last keyframe. The reader's thread asks; any thread may ask whether it reads.
 */
final class ReadingDemand implements BooleanSupplier {

    private final Optional<Duration> idle;
    private final BooleanSupplier watched;
    private final LongSupplier nanoClock;
    private final Runnable stops;

    private boolean wasWatched;
    private long unwatchedNanos;
    private volatile boolean reading;

    /**
     * @param idle  how long reading goes on after the last viewer left; absent: it goes on always, viewers or none
     * @param stops called, by whoever asks, before the first answer after which nothing is read
     */
    ReadingDemand(Optional<Duration> idle, BooleanSupplier watched, LongSupplier nanoClock, Runnable stops) {
        this.idle = idle;
        this.watched = watched;
        this.nanoClock = nanoClock;
        this.stops = stops;
    }

    @Override
    public boolean getAsBoolean() {
        boolean wanted = watched.getAsBoolean() ? seenWatched() : idle.map(this::lately).orElse(true);
        if (wanted != reading) {
            if (!wanted) {
                stops.run();
            }
            reading = wanted;
        }
        return wanted;
    }

    /** Any thread. */
    boolean reading() {
        return reading;
    }

    private boolean seenWatched() {
        wasWatched = true;
        return true;
    }

    private boolean lately(Duration limit) {
        if (wasWatched) {
            wasWatched = false;
            unwatchedNanos = nanoClock.getAsLong();
        } else if (!reading) {
            return false;
        }
        return nanoClock.getAsLong() - unwatchedNanos < limit.toNanos();
    }
}

package io.sdros.server.stream;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Whether frames are to be read: while somebody watches, and for a time after, so that a page that is loaded again
 * finds the pictures since the last keyframe. Besides, nothing is known of a stream at first, and its encoder may send
 * parameter sets only once: it is read until they are known, viewers or none. The reader's thread asks; any thread may
 * ask whether it reads.
 */
final class ReadingDemand implements BooleanSupplier {

    private final Optional<Duration> idle;
    private final BooleanSupplier watched;
    private final BooleanSupplier unknown;
    private final LongSupplier nanoClock;
    private final Runnable stops;

    private boolean wasWatched;
    private boolean watchedLately;
    private boolean forViewers;
    private boolean onlyLearnt;
    private long unwatchedNanos;
    private volatile boolean reading;

    /**
     * @param idle  how long reading goes on after the last viewer left; absent: it goes on always, viewers or none
     * @param unknown whether the stream has to be read to learn what is in it; becomes false by itself
     * @param stops called, by whoever asks, before the first answer after which nothing is read
     */
    ReadingDemand(Optional<Duration> idle, BooleanSupplier watched, BooleanSupplier unknown, LongSupplier nanoClock,
            Runnable stops) {
        this.idle = idle;
        this.watched = watched;
        this.unknown = unknown;
        this.nanoClock = nanoClock;
        this.stops = stops;
    }

    @Override
    public boolean getAsBoolean() {
        boolean wanted = watched.getAsBoolean() ? seenWatched() : idle.map(this::lately).orElse(true) || unknown.getAsBoolean();
        if (wanted != reading) {
            if (!wanted) {
                onlyLearnt = !forViewers;
                forViewers = false;
                stops.run();
            }
            reading = wanted;
        }
        return wanted;
    }

    /** Whether what was read when reading stopped last had no viewers, but was read to learn what is in the stream. */
    boolean onlyLearnt() {
        return onlyLearnt;
    }

    /** Any thread. */
    boolean reading() {
        return reading;
    }

    private boolean seenWatched() {
        wasWatched = true;
        forViewers = true;
        return true;
    }

    private boolean lately(Duration limit) {
        if (wasWatched) {
            wasWatched = false;
            watchedLately = true;
            unwatchedNanos = nanoClock.getAsLong();
        }
        watchedLately = watchedLately && nanoClock.getAsLong() - unwatchedNanos < limit.toNanos();
        return watchedLately;
    }
}

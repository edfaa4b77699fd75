package io.sdros.shm.reader;

import io.sdros.shm.protocol.BellAddress;
import io.sdros.shm.protocol.RegionLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Reads frames from the region file at a path for as long as it runs, on a thread of its own, whatever happens to the
 * file: it may be absent, replaced, truncated or removed, and come back.
 *
 * <p>Frames go to a {@link FrameStreamListener} as they come, or to a {@link FrameQueue} that they are taken from.
 *
 * <p>{@link #wakeUp}, {@link #statistics} and {@link #close} may be called by any thread. An interrupt of the
 * stream's thread stops the stream as closing does.
 */
public final class ShmFrameStream implements AutoCloseable {

    private static final long STOP_MILLIS = 2_000;
    private static final long INTERRUPT_MILLIS = 1_000;

    private final StreamLoop loop;
    private final StreamEvents events;
    private final ReaderStatistics statistics;
    private final BellListener bell;
    private final Runnable ended;
    private final Thread thread;
    private final Object lifecycle = new Object();
    private boolean started;
    private volatile boolean stopping;

    private ShmFrameStream(Builder builder, FrameStreamListener listener, Runnable ended) {
        statistics = new ReaderStatistics(builder.nanoClock);
        events = new StreamEvents(builder.path, listener, builder.demand, builder.readAgain, builder.nanoClock, statistics);
        FrameReader reader = builder.reading.build();
        RegionFile file = new RegionFile(builder.path);
        RegionAttacher attacher = new RegionAttacher(file, reader, events, builder.expectedRegionBytes);
        bell = new BellListener(new BellConnection(BellAddress.of(builder.path)), events);
        loop = new StreamLoop(reader, attacher, builder.pollMode.newStrategy(), events, builder.nanoClock,
                new ThreadPauser(), bell);
        this.ended = ended;
        thread = Objects.requireNonNull(builder.threadFactory.newThread(this::run), "the thread factory made no thread");
    }

    /** Starts the description of a stream of the frames in the given file, which need not exist. */
    public static Builder builder(Path path) {
        return new Builder(Objects.requireNonNull(path, "path"));
    }

    /**
     * Starts reading. The file is first looked for on the stream's thread, so nothing about it can fail here.
     *
     * @throws IllegalStateException if the stream has been started or closed before
     */
    public void start() {
        synchronized (lifecycle) {
            if (started || stopping) {
                throw new IllegalStateException("a stream can be started once");
            }
            started = true;
            thread.start();
        }
    }

    private void run() {
        TimerSlack.lower();
        loop.run(() -> !stopping && !Thread.currentThread().isInterrupted(),
                () -> {
                    events.stopped(stopping ? "closed" : "interrupted");
                    ended.run();
                });
    }

    /** Makes the stream take its next turn now, and call {@link FrameStreamListener#onPoll}. Any thread. */
    public void wakeUp() {
        LockSupport.unpark(thread);
        bell.wakeUp();
    }

    /** Live numbers. Any thread. */
    public ReaderStatistics statistics() {
        return statistics;
    }

    /**
     * Stops reading and waits for the thread to end; once this returns, the listener is not called again. A listener
     * that does not return is interrupted after 2 s and left alone after 3 s. Called by the listener, this does not
     * wait. Closing again does nothing.
     */
    @Override
    public void close() {
        synchronized (lifecycle) {
            stopping = true;
            if (!started) {
                return;
            }
        }
        wakeUp();
        if (Thread.currentThread() == thread) {
            return;
        }
        boolean interrupted = joined(STOP_MILLIS);
        if (thread.isAlive()) {
            thread.interrupt();
            interrupted |= joined(INTERRUPT_MILLIS);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for the thread's end, interrupted or not; the answer is whether the caller was interrupted meanwhile. */
    private boolean joined(long timeoutMillis) {
        boolean interrupted = false;
        long deadlineNanos = System.nanoTime() + timeoutMillis * 1_000_000;
        while (thread.isAlive()) {
            long leftMillis = (deadlineNanos - System.nanoTime()) / 1_000_000;
            if (leftMillis <= 0) {
                break;
            }
            try {
                thread.join(leftMillis);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        return interrupted;
    }

    /** What a stream is made from. Not thread-safe. */
    public static final class Builder {

        private final Path path;
        private final FrameReader.Builder reading = FrameReader.detachedBuilder();
        private long expectedRegionBytes = RegionLayout.DEFAULT_REGION_BYTES;
        private PollMode pollMode = PollMode.CADENCE;
        private BooleanSupplier demand = () -> true;
        private BooleanSupplier readAgain = () -> false;
        private LongSupplier nanoClock = System::nanoTime;
        private ThreadFactory threadFactory = reading -> new Thread(reading, "shm-reader");
        private boolean keyframeGating = true;
        private Optional<FrameStreamListener> listener = Optional.empty();

        private Builder(Path path) {
            this.path = path;
        }

        /**
         * A smaller file is used, but reported; 4 MiB unless set. The file is read as large as it is.
         *
         * @throws IllegalArgumentException if negative
         */
        public Builder expectedRegionBytes(long expectedRegionBytes) {
            if (expectedRegionBytes < 0) {
                throw new IllegalArgumentException("expectedRegionBytes must be 0 or more, not " + expectedRegionBytes);
            }
            this.expectedRegionBytes = expectedRegionBytes;
            return this;
        }

        /** Whether payloads are checked against the CRC in their header. On unless set. */
        public Builder crcEnabled(boolean crcEnabled) {
            reading.crcEnabled(crcEnabled);
            return this;
        }

        /** Whether frames that cannot be decoded are withheld. On unless set. */
        public Builder keyframeGating(boolean keyframeGating) {
            reading.keyframeGating(keyframeGating);
            this.keyframeGating = keyframeGating;
            return this;
        }

        /**
         * How old a frame of the producer's history may be to be read although there is a keyframe behind it; 500 ms unless
         * set, zero for no limit.
         *
         * @throws IllegalArgumentException if negative
         */
        public Builder maxLatency(Duration maxLatency) {
            reading.maxLatency(maxLatency);
            return this;
        }

        /** How to wait for the next frame; {@link PollMode#CADENCE} unless set. */
        public Builder pollMode(PollMode pollMode) {
            this.pollMode = Objects.requireNonNull(pollMode, "pollMode");
            return this;
        }

        /**
         * Spare bytes in front of every frame; none unless set.
         *
         * @throws IllegalArgumentException if negative
         */
        public Builder headroomBytes(int headroomBytes) {
            reading.headroomBytes(headroomBytes);
            return this;
        }

        /**
         * Asked in every turn whether anybody wants frames; while not, nothing is copied. Always true unless set.
         * After a change to true, {@link ShmFrameStream#wakeUp} makes it known at once.
         */
        public Builder demand(BooleanSupplier demand) {
            this.demand = Objects.requireNonNull(demand, "demand");
            return this;
        }

        /**
         * Asked when demand returns: whether the frame in the slot is to be read again if it was read before, since nobody
         * was given it. Never unless set. With a history the latest keyframe is read again in any case.
         */
        public Builder readAgain(BooleanSupplier readAgain) {
            this.readAgain = Objects.requireNonNull(readAgain, "readAgain");
            return this;
        }

        /**
         * Who makes the stream's thread, and so gives it a name of its own where a process has several streams; it must
         * be a platform thread. One named {@code shm-reader}, and no daemon, unless set. Asked when the stream is built.
         */
        public Builder threadFactory(ThreadFactory threadFactory) {
            this.threadFactory = Objects.requireNonNull(threadFactory, "threadFactory");
            return this;
        }

        /** The clock for everything that is timed but the waiting itself; {@link System#nanoTime} unless set. */
        public Builder nanoClock(LongSupplier nanoClock) {
            reading.nanoClock(nanoClock);
            this.nanoClock = nanoClock;
            return this;
        }

        /** Who receives the frames; must be set for {@link #build}, and must not for {@link #openQueue}. */
        public Builder listener(FrameStreamListener listener) {
            this.listener = Optional.of(Objects.requireNonNull(listener, "listener"));
            return this;
        }

        /**
         * Makes the stream; {@link ShmFrameStream#start} starts it.
         *
         * @throws IllegalStateException if there is no listener
         * @throws NullPointerException  if the thread factory makes no thread
         */
        public ShmFrameStream build() {
            return build(listener.orElseThrow(() -> new IllegalStateException("listener is not set;"
                    + " frames need one to go to, or a queue to be taken from: openQueue")), () -> { });
        }

        /** @param ended called on the stream's thread when it ends */
        ShmFrameStream build(FrameStreamListener receiver, Runnable ended) {
            return new ShmFrameStream(this, receiver, ended);
        }

        /**
         * Starts a stream whose frames are taken from a queue.
         *
         * @param capacityFrames how many frames may wait; 1 for whoever wants the latest only, more for whoever wants
         *                       all of them and is late at times
         * @throws IllegalArgumentException if less than 1
         * @throws IllegalStateException    if there is a listener: frames go one way
         * @throws NullPointerException     if the thread factory makes no thread
         */
        public FrameQueue openQueue(int capacityFrames) {
            if (listener.isPresent()) {
                throw new IllegalStateException("listener is set; frames go to it or to a queue, not to both");
            }
            FrameQueue queue = new FrameQueue(this, capacityFrames, keyframeGating);
            queue.start();
            return queue;
        }
    }
}

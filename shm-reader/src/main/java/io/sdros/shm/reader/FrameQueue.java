package io.sdros.shm.reader;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Frames of a stream, to be taken one by one by whoever wants the next: the counterpart of a
 * {@link FrameStreamListener}. Frames are read by the stream's thread and wait here, up to a number of them.
 *
 * <p>Who takes too few of them gets the latest. Where a new frame finds no room, the frames before the newest keyframe
 * make way for it; where the newest keyframe is the first that waits, the new frame and those that refer to it are
 * dropped instead; with keyframe gating off, the oldest is. A frame that comes after dropped ones says so, and how many.
 * With gating, what is taken can always be decoded.
 *
 * <p>Any thread may call any method; a frame goes to one of those that wait for it.
 */
public final class FrameQueue implements AutoCloseable {

    private final int capacityFrames;
    private final boolean keyframeGating;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // All below is guarded by the lock.
    private final Deque<QueuedFrame> waiting = new ArrayDeque<>();
    private Optional<Discontinuity> discontinuity = Optional.empty();
    private long missingFrames;
    private long droppedFrames;
    private boolean gateClosed;
    private boolean open = true;

    private final ShmFrameStream stream;

    FrameQueue(ShmFrameStream.Builder stream, int capacityFrames, boolean keyframeGating) {
        if (capacityFrames < 1) {
            throw new IllegalArgumentException("capacityFrames must be at least 1, not " + capacityFrames);
        }
        this.capacityFrames = capacityFrames;
        this.keyframeGating = keyframeGating;
        this.stream = stream.build(new Filler(), this::ended);
    }

    void start() {
        stream.start();
    }

    /**
     * Takes the next frame, waiting for it if there is none.
     *
     * @param timeout how long to wait; zero or less does not wait
     * @return empty if no frame came in that time, or reading has ended: see {@link #open}
     * @throws InterruptedException if this thread is interrupted while it waits; no frame is lost by that
     */
    public Optional<QueuedFrame> next(Duration timeout) throws InterruptedException {
        // Saturates, where Duration.toNanos overflows after 292 years.
        long leftNanos = TimeUnit.NANOSECONDS.convert(Objects.requireNonNull(timeout, "timeout"));
        lock.lockInterruptibly();
        try {
            while (waiting.isEmpty() && open && leftNanos > 0) {
                leftNanos = changed.awaitNanos(leftNanos);
            }
            return Optional.ofNullable(waiting.poll());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether more frames may come. Not once the queue is closed, or the stream's thread was interrupted; frames that
     * wait may still be taken then.
     */
    public boolean open() {
        lock.lock();
        try {
            return open;
        } finally {
            lock.unlock();
        }
    }

    /** Frames that were read and then dropped, since nobody took them in time or a frame before them was dropped. */
    public long droppedFrames() {
        lock.lock();
        try {
            return droppedFrames;
        } finally {
            lock.unlock();
        }
    }

    /** The stream's numbers, and what it has of its file. */
    public ReaderStatistics statistics() {
        return stream.statistics();
    }

    /** Stops reading, as {@link ShmFrameStream#close} does; whoever waits in {@link #next} returns. */
    @Override
    public void close() {
        stream.close();
        ended();
    }

    private void ended() {
        lock.lock();
        try {
            open = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void add(Frame frame) {
        lock.lock();
        try {
            if (waiting.size() == capacityFrames) {
                makeRoom(frame);
            }
            gateClosed &= !frame.keyframe();
            if (gateClosed) {
                missingFrames++;
                droppedFrames++;
                return;
            }
            waiting.add(new QueuedFrame(frame, discontinuity, missingFrames));
            discontinuity = Optional.empty();
            missingFrames = 0;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    private void makeRoom(Frame newest) {
        if (!keyframeGating) {
            dropOldest();
            return;
        }
        int kept = newest.keyframe() ? 0 : sinceNewestKeyframe();
        if (kept == capacityFrames) {
            // What waits can be decoded, and is all there will be until the next keyframe: whoever looks late gets that.
            discontinuity = worse(discontinuity, Optional.of(Discontinuity.GAP));
            gateClosed = true;
            return;
        }
        while (waiting.size() > kept) {
            dropOldest();
        }
        gateClosed = kept == 0;
    }

    /** How many frames there are from the newest keyframe on; 0 if there is none. */
    private int sinceNewestKeyframe() {
        int frames = 0;
        for (Iterator<QueuedFrame> newestFirst = waiting.descendingIterator(); newestFirst.hasNext();) {
            frames++;
            if (newestFirst.next().frame().keyframe()) {
                return frames;
            }
        }
        return 0;
    }

    /** The one behind it, which may be the one to come, takes over what it said about those before it. */
    private void dropOldest() {
        QueuedFrame dropped = waiting.remove();
        droppedFrames++;
        long missing = dropped.missingFrames() + 1;
        QueuedFrame next = waiting.poll();
        if (next == null) {
            missingFrames += missing;
            discontinuity = worse(worse(dropped.discontinuity(), discontinuity), Optional.of(Discontinuity.GAP));
        } else {
            waiting.addFirst(new QueuedFrame(next.frame(),
                    worse(worse(dropped.discontinuity(), next.discontinuity()), Optional.of(Discontinuity.GAP)),
                    next.missingFrames() + missing));
        }
    }

    private void discontinuity(Discontinuity reason, long lostFrames) {
        lock.lock();
        try {
            missingFrames += lostFrames;
            discontinuity = worse(discontinuity, Optional.of(reason));
        } finally {
            lock.unlock();
        }
    }

    private void withheld() {
        lock.lock();
        try {
            missingFrames++;
        } finally {
            lock.unlock();
        }
    }

    /** Of two reasons the one that says more about what comes: another writer, then frames lost, then none lost. */
    private static Optional<Discontinuity> worse(Optional<Discontinuity> one, Optional<Discontinuity> other) {
        if (one.isEmpty() || other.isEmpty()) {
            return one.isPresent() ? one : other;
        }
        return one.get() == Discontinuity.WRITER_RESTART || other.get() == Discontinuity.RESUMED ? one : other;
    }

    /** Runs on the stream's thread. */
    private final class Filler implements FrameStreamListener {

        @Override
        public void onFrame(Frame frame) {
            add(frame);
        }

        @Override
        public void onSkipped() {
            withheld();
        }

        @Override
        public void onDiscontinuity(Discontinuity reason, long lostFrames) {
            discontinuity(reason, lostFrames);
        }
    }
}

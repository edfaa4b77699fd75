package io.sdros.shm.reader;

import io.sdros.shm.protocol.FrameHeader;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;

/**
 * Reads frames from one region, one attempt at a time. An attempt never waits and never hands over a torn frame: it
 * copies, looks again whether the writer was at work meanwhile, and only then believes anything it copied.
 *
 * <p>Where the producer keeps a history, frames come out of that, every one in order, and out of the slot only those that
 * are not in it. A reader that begins, begins with the latest keyframe there. See the class {@code HistoryReader}.
 *
 * <p>Without CRC, what the second look cannot show is found out from the frames' numbers; the first frame of a writer
 * is then a {@link ReadOutcome#TORN_READ} until it has been in place for 3 ms. See the class {@code InFlightGuard}.
 *
 * <p>With keyframe gating, frames are withheld from the start until the first keyframe, and again after every gap and
 * writer restart.
 *
 * <p>Not thread-safe. A region that ends early is no error: a frame that is not all there is not read.
 * {@link ShmFrameStream} deals with that, with the file coming and going, and with waiting.
 */
public final class FrameReader {

    private static final Duration DEFAULT_MAX_LATENCY = Duration.ofMillis(500);

    private final FrameMemory memory;
    private final LongSupplier nanoClock;
    private final Continuity continuity;
    private final CrcCheck crc;
    private final SlotReader slot;
    private final ReadTimes times = new ReadTimes();
    private final HistoryReader history;

    private Optional<RegionView> region;

    /** The commit sequence of the last look. */
    private long sequence;
    /** The sequence that has been dealt with and is not to be read again; 0 = none. */
    private long consumedSequence;

    /** Null unless the last attempt came to a frame: an Optional would be garbage with every frame. */
    private Frame frame;
    private boolean restarted;
    /** Whether the last attempt or look found the region shorter than what it says is in it. */
    private boolean cutShort;
    private long lostFrames;
    private final HiddenFrame hidden = new HiddenFrame();

    private FrameReader(Builder builder) {
        this.memory = new FrameMemory(builder.headroomBytes, builder.allocator);
        this.crc = new CrcCheck(builder.crcEnabled);
        this.slot = new SlotReader(memory, crc);
        this.nanoClock = builder.nanoClock;
        this.continuity = new Continuity(builder.keyframeGating);
        this.history = new HistoryReader(builder.maxLatency.toNanos());
        this.region = builder.source.map(RegionView::new);
        builder.source.ifPresent(history::attach);
    }

    /** Starts the description of a reader of the given region. */
    public static Builder builder(RegionSource source) {
        return new Builder(Optional.of(Objects.requireNonNull(source, "source")));
    }

    /** Starts the description of a reader that is given its region later, and again and again. */
    static Builder detachedBuilder() {
        return new Builder(Optional.empty());
    }

    /**
     * Reads the next frame, if there is one that has not been dealt with.
     *
     * <p>A failure leaves it unread: the next attempt tries again, until {@link #giveUp}. After {@link ReadOutcome#FRAME} the
     * frame is in {@link #frame}.
     *
     * @throws IllegalStateException if the reader has no region
     */
    public ReadOutcome attempt() {
        RegionView source = source();
        frame = null;
        lostFrames = 0;
        history.leftAlone();
        look();
        if (cutShort || !unread()) {
            return ReadOutcome.NO_NEW_FRAME;
        }
        long seenNanos = nanoClock.getAsLong();
        if (history.refresh()) {
            restarted = true;
            forgetWriter();
        }
        if (history.active()) {
            ReadOutcome outcome = attemptRecord(source, seenNanos);
            if (outcome != ReadOutcome.NO_NEW_FRAME || !unread()) {
                return outcome;
            }
            history.leftAlone();
        }
        return attemptSlot(source, seenNanos);
    }

    private ReadOutcome attemptRecord(RegionView source, long seenNanos) {
        ReadOutcome outcome = history.read(source, consumedSequence, memory, seenNanos);
        if (outcome == ReadOutcome.NO_NEW_FRAME) {
            consumeIfRead();
        }
        if (outcome != ReadOutcome.FRAME) {
            cutShort = outcome == ReadOutcome.TORN_READ && !history.active();
            return outcome;
        }
        FrameHeader header = FrameHeader.decode(memory.array(), memory.headroomBytes());
        if (crc.enabled() && !crc.matches(memory, (int) header.sizeBytes(), header.crc32())) {
            return crc.mismatch(header.crc32());
        }
        times.ofRecord(history.captureNanos(), history.commitNanos(), seenNanos);
        history.accept();
        consumeIfRead();
        return judge(header);
    }

    /** The slot's frame need not be read if its record was. */
    private void consumeIfRead() {
        if (!history.behind() && Long.compareUnsigned(sequence, history.sequence()) <= 0) {
            consumedSequence = sequence;
        }
    }

    private ReadOutcome attemptSlot(RegionView source, long seenNanos) {
        ReadOutcome outcome = slot.read(source, sequence, seenNanos);
        cutShort = slot.cutShort();
        if (outcome != ReadOutcome.FRAME) {
            return outcome;
        }
        times.ofSlot(seenNanos);
        consumedSequence = sequence;
        return judge(slot.header());
    }

    /**
     * Looks at the commit sequence only: no copy, no check, no allocation. Zero or a number lower than at the last
     * look means that the writer has started over; then everything in the region is unread again. Since it may also be
     * half of a sequence stored byte by byte, a lower number is looked at again for up to 10 µs. A region too short to
     * have one leaves all as it was.
     *
     * @return the commit sequence (u64), 0 before the first commit
     * @throws IllegalStateException if the reader has no region
     */
    public long look() {
        long before = sequence;
        RegionView source = source();
        restarted = false;
        cutShort = !source.look();
        if (cutShort) {
            return sequence;
        }
        long now = source.sequence();
        boolean lower = Long.compareUnsigned(now, before) < 0;
        long after = PartialSequence.possible(before, now) ? PartialSequence.awaitEnd(source, nanoClock, before, now) : now;
        restarted = lower && (after == now || !PartialSequence.happened(before, now, after));
        sequence = after;
        if (restarted) {
            forgetWriter();
            history.writerStartedOver();
        }
        return sequence;
    }

    private void forgetWriter() {
        consumedSequence = 0;
        hidden.forget();
        slot.forgetWriter();
        continuity.forget();
    }

    private RegionView source() {
        return region.orElseThrow(() -> new IllegalStateException("no region is attached"));
    }

    private ReadOutcome judge(FrameHeader header) {
        hidden.forget();
        switch (continuity.accept(header)) {
            case SAME -> {
                return ReadOutcome.NO_NEW_FRAME;
            }
            case AFTER_GAP -> lostFrames = continuity.lostFrames();
            case AFTER_RESTART -> restarted = true;
            case IN_ORDER -> { }
        }
        if (continuity.gateClosed()) {
            return ReadOutcome.SKIPPED_NON_KEYFRAME;
        }
        frame = new Frame(memory.take(), memory.headroomBytes(), header, times);
        return ReadOutcome.FRAME;
    }

    /**
     * The frame of the last attempt.
     *
     * @throws IllegalStateException if that attempt did not come to {@link ReadOutcome#FRAME}
     */
    public Frame frame() {
        if (frame == null) {
            throw new IllegalStateException("the last attempt read no frame");
        }
        return frame;
    }

    /** Whether the last attempt or look noticed that the writer has started over. Each restart is noticed once. */
    public boolean restarted() {
        return restarted;
    }

    /**
     * Whether the last attempt or look found less in the region than it says there is: somebody has cut it short, or
     * it cannot be read.
     */
    boolean cutShort() {
        return cutShort;
    }

    /** How many frames are missing between the frame of the last attempt, read or skipped, and the one before. */
    public long lostFrames() {
        return lostFrames;
    }

    /** The commit sequence (u64) of the last attempt or look. */
    public long sequence() {
        return sequence;
    }

    /** Whether there was a frame at the last attempt or look that has not been dealt with. */
    public boolean unread() {
        return sequence != 0 && (sequence != consumedSequence || history.behind());
    }

    /**
     * Leaves alone the frame that the last attempt failed at: in the history for good, in the slot until the commit sequence
     * changes.
     *
     * @throws IllegalStateException if the reader has no region
     */
    public void giveUp() {
        if (history.tried()) {
            history.giveUp(sequence);
            consumeIfRead();
            return;
        }
        consumedSequence = sequence;
        hidden.gaveUp(source().header());
        slot.gaveUp();
    }

    /** The next frame continues nothing: frames passed unread on purpose, so none of them is lost. */
    public void forgetContinuity() {
        continuity.forget();
    }

    /**
     * Somebody wants frames again. What passed meanwhile is not lost; with a history, the next frame is the latest keyframe,
     * whether or not it was read before; without one that is the frame in the slot if it is to be read {@code again}.
     * Answers whether it does not continue the last one.
     */
    boolean resume(boolean again) {
        if (history.rewind() || again && !history.active()) {
            consumedSequence = 0;
        }
        boolean broken = continuity.known() && unread();
        if (broken) {
            continuity.forget();
        }
        return broken;
    }

    /** What is known of the history. */
    HistoryReader history() {
        return history;
    }

    /** Whether every CRC that did not match so far was 0, as writers with CRC off store it. */
    public boolean crcLikelyOff() {
        return crc.likelyOff();
    }

    /**
     * Finds the frame that hides behind an old number: a writer that started over, unseen, and has come to exactly
     * the sequence that was read last. To be called now and then. A record ahead of the slot is no such writer.
     */
    void reexamine() {
        history.lookAgain();
        boolean ahead = history.active() && Long.compareUnsigned(history.sequence(), sequence) > 0;
        if (sequence != 0 && sequence == consumedSequence && !ahead && hidden.seen(source().header(), continuity)) {
            consumedSequence = 0;
            history.abandon();
        }
    }

    /**
     * Goes on with another region, of another writer.
     *
     * @return whether that is a restart, as it is unless nothing has been read before
     */
    boolean attach(RegionSource next) {
        region = Optional.of(new RegionView(next));
        boolean another = sequence != 0;
        sequence = 0;
        forgetWriter();
        history.attach(next);
        return another;
    }

    /** The region has become longer: what was given up may have been only too long for it. */
    void regionGrew() {
        history.lookAgain();
        if (hidden.takeGivenUp()) {
            consumedSequence = 0;
        }
    }

    /** Lets go of the region. */
    void detach() {
        region = Optional.empty();
        history.detach();
    }

    /** What a reader is made from. Not thread-safe. */
    public static final class Builder {

        private final Optional<RegionSource> source;
        private boolean crcEnabled = true;
        private boolean keyframeGating = true;
        private Duration maxLatency = DEFAULT_MAX_LATENCY;
        private int headroomBytes;
        private IntFunction<byte[]> allocator = byte[]::new;
        private LongSupplier nanoClock = System::nanoTime;

        private Builder(Optional<RegionSource> source) {
            this.source = source;
        }

        /** Whether payloads are checked against the CRC in their header. On unless set. */
        public Builder crcEnabled(boolean crcEnabled) {
            this.crcEnabled = crcEnabled;
            return this;
        }

        /** Whether frames that cannot be decoded are withheld. On unless set. */
        public Builder keyframeGating(boolean keyframeGating) {
            this.keyframeGating = keyframeGating;
            return this;
        }

        /**
         * How old a record of the history may be to be read although there is a keyframe behind it; 500 ms unless set, zero
         * for no limit.
         *
         * @throws IllegalArgumentException if negative
         */
        public Builder maxLatency(Duration maxLatency) {
            if (maxLatency.isNegative()) {
                throw new IllegalArgumentException("maxLatency must not be negative: " + maxLatency);
            }
            this.maxLatency = maxLatency;
            return this;
        }

        /**
         * Spare bytes in front of every frame; none unless set.
         *
         * @throws IllegalArgumentException if negative
         */
        public Builder headroomBytes(int headroomBytes) {
            if (headroomBytes < 0) {
                throw new IllegalArgumentException("headroomBytes must be 0 or more, not " + headroomBytes);
            }
            this.headroomBytes = headroomBytes;
            return this;
        }

        /** The clock behind {@link Frame#readNanos}; {@link System#nanoTime} unless set. */
        public Builder nanoClock(LongSupplier nanoClock) {
            this.nanoClock = Objects.requireNonNull(nanoClock, "nanoClock");
            return this;
        }

        /** Who makes the arrays, where memory is to run out without running out. */
        Builder allocator(IntFunction<byte[]> allocator) {
            this.allocator = allocator;
            return this;
        }

        /** Makes the reader. */
        public FrameReader build() {
            return new FrameReader(this);
        }
    }
}

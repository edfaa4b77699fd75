package io.sdros.it.support;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongPredicate;

/** Writes the pictures of a {@link NumberedClip} over and over at a steady pace, on a thread of its own, until closed. */
public final class NumberedFrames implements AutoCloseable {

    public static final int JPEG = 3;

    private final RegionWriter writer;
    private final List<byte[]> clip;
    private final int codec;
    private final long intervalNanos;
    private final LongPredicate lost;
    /** Wall clock in milliseconds since the epoch, just before the commit, by sequence. */
    private final NavigableMap<Long, Double> committed = new ConcurrentSkipListMap<>();
    private final Thread thread;
    private volatile boolean ended;

    private NumberedFrames(RegionWriter writer, List<byte[]> clip, int codec, int perSecond, LongPredicate lost) {
        this.writer = writer;
        this.clip = clip;
        this.codec = codec;
        this.intervalNanos = 1_000_000_000L / perSecond;
        this.lost = lost;
        this.thread = new Thread(this::write, "numbered-frames");
        thread.setDaemon(true);
        thread.setPriority(Thread.MAX_PRIORITY);
    }

    public static NumberedFrames start(RegionWriter writer, List<byte[]> clip, int codec, int perSecond) {
        return start(writer, clip, codec, perSecond, sequence -> false);
    }

    /** Frames whose sequence is {@code lost} are not written; the numbering goes on as if they were. */
    public static NumberedFrames start(RegionWriter writer, List<byte[]> clip, int codec, int perSecond, LongPredicate lost) {
        NumberedFrames frames = new NumberedFrames(writer, clip, codec, perSecond, lost);
        frames.thread.start();
        return frames;
    }

    private void write() {
        long beganNanos = System.nanoTime();
        for (long i = 0; !ended; i++) {
            long sequence = writer.sequence() + 1;
            if (lost.test(sequence)) {
                writer.continueAt(sequence + 1);
            } else {
                boolean key = codec == JPEG || (sequence - 1) % NumberedClip.GROUP == 0;
                committed.put(sequence, wallMillis());
                writer.write(sequence, key ? VideoFrame.KEYFRAME : 0, codec, clip.get((int) ((sequence - 1) % clip.size())));
            }
            Await.pause(beganNanos + (i + 1) * intervalNanos - System.nanoTime());
        }
    }

    public static double wallMillis() {
        return ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now()) / 1e6;
    }

    /** When a frame that was written was committed. */
    public double committedAt(long sequence) {
        return committed.get(sequence);
    }

    /** The newest sequence so far. */
    public long newest() {
        return committed.isEmpty() ? 0 : committed.lastKey();
    }

    /**
     * The numbers of the clip, whose first is 0, come round again: it is the newest frame with this number that had been
     * committed by then.
     */
    public long sequenceOf(int number, double atMillis) {
        return committed.descendingMap().entrySet().stream()
                .filter(frame -> frame.getValue() <= atMillis && (frame.getKey() - 1) % clip.size() == number)
                .map(Map.Entry::getKey).findFirst()
                .orElseThrow(() -> new AssertionError("the canvas shows " + number + ", which was not written"));
    }

    @Override
    public void close() {
        ended = true;
        try {
            thread.join(Deadlines.SOON.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

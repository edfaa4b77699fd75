package io.sdros.it.stress;

import io.sdros.shm.reader.ReadOutcome;
import java.util.Locale;

/** What the attempts of one reader came to. One thread. */
final class OutcomeCounts {

    private final long[] counts = new long[ReadOutcome.values().length];
    long wrongFrames;
    long wrongBytes;
    long checkedBytes;
    long backwards;
    long restarts;

    void add(ReadOutcome outcome) {
        counts[outcome.ordinal()]++;
    }

    void addAll(OutcomeCounts other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
        wrongFrames += other.wrongFrames;
        wrongBytes += other.wrongBytes;
        checkedBytes += other.checkedBytes;
        backwards += other.backwards;
        restarts += other.restarts;
    }

    long of(ReadOutcome outcome) {
        return counts[outcome.ordinal()];
    }

    /** Attempts that met a frame, whole or not; those that found nothing new do not count. */
    long attempts() {
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum - of(ReadOutcome.NO_NEW_FRAME);
    }

    static String heading() {
        return String.format(Locale.ROOT, "%-54s %11s %11s %11s %9s %9s %9s %12s %8s %7s", "writer, region, reader",
                "attempts", "frames", "torn", "length", "header", "crc", "MB checked", "restarts", "WRONG");
    }

    String line(String label) {
        return String.format(Locale.ROOT, "%-54s %11d %11d %11d %9d %9d %9d %12d %8d %7d", label, attempts(),
                of(ReadOutcome.FRAME), of(ReadOutcome.TORN_READ), of(ReadOutcome.INVALID_LENGTH),
                of(ReadOutcome.BAD_HEADER), of(ReadOutcome.CRC_MISMATCH), checkedBytes / 1_000_000, restarts,
                wrongFrames + backwards);
    }
}

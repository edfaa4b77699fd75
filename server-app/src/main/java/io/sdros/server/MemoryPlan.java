package io.sdros.server;

import io.sdros.server.settings.Settings;
import io.sdros.server.settings.StreamSettings;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * Whether the heap has room for what the settings let the server hold.
 *
 * @param heapBytes what the heap may grow to
 */
record MemoryPlan(long heapBytes, long queueBytes, long gopCacheBytes, long regionBytes) {

    /** Frames that are in nobody's queue yet or no more: being read, just published, being written by two threads. */
    private static final int FRAMES_IN_HAND = 4;
    /** Everything that is no frame, measured with some hundred clients. */
    private static final long BASE_BYTES = 16L << 20;
    /** A collector needs room to work: what lives on goes into two thirds of the heap. */
    private static final int LIVE_PARTS = 2;
    private static final int PARTS = 3;

    static MemoryPlan of(Settings settings) {
        return new MemoryPlan(Runtime.getRuntime().maxMemory(), sum(settings, StreamSettings::queueBytes),
                sum(settings, StreamSettings::gopCacheBytes), sum(settings, StreamSettings::shmSizeBytes));
    }

    private static long sum(Settings settings, ToLongFunction<StreamSettings> bytes) {
        return settings.streams().stream().mapToLong(bytes).sum();
    }

    /** A line for the operator if it has not. */
    Optional<String> shortage() {
        long framesBytes = FRAMES_IN_HAND * regionBytes;
        long neededBytes = BASE_BYTES + queueBytes + gopCacheBytes + framesBytes;
        if (neededBytes <= heapBytes / PARTS * LIVE_PARTS) {
            return Optional.empty();
        }
        return Optional.of("The heap of " + mebibytes(heapBytes) + " may be too small: SDR_QUEUE_BYTES (" + mebibytes(queueBytes)
                + "), SDR_GOP_CACHE_BYTES (" + mebibytes(gopCacheBytes) + ") and " + FRAMES_IN_HAND
                + " frames as large as SDR_SHM_SIZE allows (" + mebibytes(framesBytes) + ") want one of "
                + mebibytes(neededBytes / LIVE_PARTS * PARTS) + "; give Java more (-Xmx, or the container's limit), or lower these");
    }

    private static String mebibytes(long bytes) {
        return (bytes + (1L << 20) - 1 >> 20) + " MiB";
    }
}

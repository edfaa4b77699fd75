package io.sdros.server;

import io.sdros.relay.nats.EdgeStreamConfig;
import io.sdros.relay.nats.RelayConnection;
import io.sdros.server.settings.Settings;
import io.sdros.server.settings.StreamSettings;
import io.sdros.server.stream.RelayedSource;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Whether the heap has room for what the settings let the server hold.
 *
 * @param heapBytes what the heap may grow to
 * @param framesBytes what frames may take that are in nobody's queue yet or no more
 * @param relayedBytes what frames from other machines may take before they are put together, of each stream that is named, and
 *     of one more if others are taken
 */
record MemoryPlan(long heapBytes, long queueBytes, long gopCacheBytes, long framesBytes, long relayedBytes) {

    /** Of each stream: being read, and just published. */
    private static final int FRAMES_IN_HAND = 2;
    /** Of the process, whichever stream's they are: being written by two threads. */
    private static final int FRAMES_ON_THE_WAY = 2;
    /** Everything that is no frame, measured with some hundred clients. */
    private static final long BASE_BYTES = 16L << 20;
    /** A collector needs room to work: what lives on goes into two thirds of the heap. */
    private static final int LIVE_PARTS = 2;
    private static final int PARTS = 3;

    static MemoryPlan of(Settings settings) {
        return of(settings, Runtime.getRuntime().maxMemory());
    }

    static MemoryPlan of(Settings settings, long heapBytes) {
        ToLongFunction<StreamSettings> frame = stream -> stream.relayed() ? RelayedSource.mostFrameBytes(stream, heapBytes)
                : stream.shmSizeBytes();
        long largest = LongStream.concat(settings.streams().stream().mapToLong(frame),
                settings.anyStream().stream().mapToLong(frame)).max().orElse(0);
        // Of streams that are not named one is counted: how many come is not known, and a warning that only a heap of 10 GiB
        // is spared, since 32 streams at once might each have five of the largest frames on their way, warns nobody.
        long held = Stream.concat(settings.streams().stream().filter(StreamSettings::relayed), settings.anyStream().stream())
                .mapToLong(stream -> EdgeStreamConfig.mostHeldBytes(RelayedSource.mostFrameBytes(stream, heapBytes))).sum();
        return new MemoryPlan(heapBytes, sum(settings, StreamSettings::queueBytes), sum(settings, StreamSettings::gopCacheBytes),
                FRAMES_IN_HAND * sum(settings, stream -> stream.relayed() ? 0 : frame.applyAsLong(stream)) + FRAMES_ON_THE_WAY * largest,
                held == 0 ? 0 : held + RelayConnection.mostWaitingBytes(heapBytes));
    }

    private static long sum(Settings settings, ToLongFunction<StreamSettings> bytes) {
        return settings.streams().stream().mapToLong(bytes).sum()
                + settings.anyStream().map(any -> settings.relay().maxStreams() * bytes.applyAsLong(any)).orElse(0L);
    }

    /** A line for the operator if it has not. */
    Optional<String> shortage() {
        long neededBytes = BASE_BYTES + queueBytes + gopCacheBytes + framesBytes + relayedBytes;
        if (neededBytes <= heapBytes / PARTS * LIVE_PARTS) {
            return Optional.empty();
        }
        return Optional.of("The heap of " + mebibytes(heapBytes) + " may be too small: SDR_QUEUE_BYTES (" + mebibytes(queueBytes)
                + "), SDR_GOP_CACHE_BYTES (" + mebibytes(gopCacheBytes) + ") and frames on their way"
                + " as large as SDR_SHM_SIZE allows (" + mebibytes(framesBytes) + ")" + relayed() + " want one of "
                + mebibytes(neededBytes / LIVE_PARTS * PARTS) + "; give Java more (-Xmx, or the container's limit), or lower these");
    }

    private String relayed() {
        return relayedBytes == 0 ? "" : " and from other machines (" + mebibytes(relayedBytes) + ")";
    }

    private static String mebibytes(long bytes) {
        return (bytes + (1L << 20) - 1 >> 20) + " MiB";
    }
}

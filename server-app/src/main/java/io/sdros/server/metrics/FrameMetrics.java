package io.sdros.server.metrics;

import java.util.Map;
import java.util.OptionalLong;

/**
 * What the reader of the shared memory has counted since the start.
 *
 * @param framesRead frames accepted
 * @param framesLost frames missing between accepted ones
 * @param framesSkipped good frames nobody may see, because a keyframe must come first
 * @param readFailures given-up reads by reason
 * @param sequence the region's commit sequence, unsigned
 * @param lastFrameAgeNanos since the last commit, read or not; absent before the first
 * @param reading false while nobody watches and frames are only looked at
 */
public record FrameMetrics(long framesRead, long framesLost, long framesSkipped, Map<String, Long> readFailures, long attaches, long writerRestarts,
                    long sequence, OptionalLong lastFrameAgeNanos, boolean reading) {

    public FrameMetrics {
        readFailures = Map.copyOf(readFailures);
    }
}

package io.sdros.server.stream;

import io.sdros.server.bitstream.BitstreamCondition;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is known of the stream of frames at one moment, as far as its health goes.
 *
 * @param region whether there is a shared memory file to read from
 * @param regionDetail its path, and what is wrong with it if anything is
 * @param sequence its commit sequence, unsigned; 0 when there is no frame in it
 * @param lastFrameAgeNanos since the last commit seen to happen, read or not; absent before the first
 * @param readFailure why no frame could be read for too long though some were committed ({@link ReadHealth}); empty when they could
 * @param keyframeMissing for how long frames have come without a keyframe, if that is too long ({@link KeyframeWatch})
 * @param conditions what the frames themselves show that is worth a word
 */
public record StreamCondition(Region region, String regionDetail, long sequence, OptionalLong lastFrameAgeNanos,
                       String readFailure, Optional<Duration> keyframeMissing,
                       List<BitstreamCondition> conditions) {

    private static final long NANOS_PER_MILLI = 1_000_000;

    /** The state of the shared memory file. */
    public enum Region {
        /** There is none. */
        ABSENT,
        /** There is something that cannot be read from: too short, not permitted, or no regular file. */
        UNUSABLE,
        ATTACHED
    }

    public StreamCondition {
        Objects.requireNonNull(region, "region");
        Objects.requireNonNull(regionDetail, "regionDetail");
        Objects.requireNonNull(readFailure, "readFailure");
        Objects.requireNonNull(keyframeMissing, "keyframeMissing");
        conditions = List.copyOf(conditions);
    }

    public OptionalLong lastFrameAgeMillis() {
        return lastFrameAgeNanos.isPresent() ? OptionalLong.of(lastFrameAgeNanos.getAsLong() / NANOS_PER_MILLI) : OptionalLong.empty();
    }
}

package io.sdros.server.stream;

import io.sdros.relay.nats.EdgeSource;
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
 * @param relayed what there is instead of a shared memory file, of a stream from another machine
 */
public record StreamCondition(Region region, String regionDetail, long sequence, OptionalLong lastFrameAgeNanos,
                       String readFailure, Optional<Duration> keyframeMissing,
                       List<BitstreamCondition> conditions, Optional<Relayed> relayed) {

    private static final long NANOS_PER_MILLI = 1_000_000;

    /** The state of the shared memory file. */
    public enum Region {
        /** There is none. */
        ABSENT,
        /** There is something that cannot be read from: too short, not permitted, or no regular file. */
        UNUSABLE,
        ATTACHED
    }

    /**
     * A stream from another machine.
     *
     * @param connected whether there is a connection to it
     * @param wanted    whether its frames are asked for, since somebody watches or did a moment ago
     * @param origin    what the other machine says of its source
     * @param codec     likewise: the number in its frames' headers; 0 = not known
     */
    public record Relayed(boolean connected, boolean wanted, EdgeSource.State origin, int codec) {

        /** Why nothing can be shown, whatever came before; empty if nothing is in the way. */
        public String trouble() {
            if (!connected) {
                return "there is no connection to the relay's NATS server";
            }
            return switch (origin) {
                case LIVE -> "";
                case STALE -> "the origin gets no frames";
                case ABSENT -> "the origin has no source for it";
                case SILENT -> "no origin is heard of that has it";
            };
        }

        /** The same in terms of a region. */
        public Region region() {
            return connected && (origin == EdgeSource.State.LIVE || origin == EdgeSource.State.STALE) ? Region.ATTACHED : Region.ABSENT;
        }
    }

    /** Of a stream from another machine of which no frame has been asked for. */
    public static StreamCondition of(Relayed relayed) {
        return new StreamCondition(relayed.region(), "the relay", 0, OptionalLong.empty(), "", Optional.empty(), List.of(),
                Optional.of(relayed));
    }

    /** Of a stream from a region. */
    public StreamCondition(Region region, String regionDetail, long sequence, OptionalLong lastFrameAgeNanos, String readFailure,
            Optional<Duration> keyframeMissing, List<BitstreamCondition> conditions) {
        this(region, regionDetail, sequence, lastFrameAgeNanos, readFailure, keyframeMissing, conditions, Optional.empty());
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

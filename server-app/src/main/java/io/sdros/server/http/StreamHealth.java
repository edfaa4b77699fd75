package io.sdros.server.http;

import io.sdros.server.bitstream.BitstreamCondition;
import io.sdros.server.bitstream.SequenceInfo;
import io.sdros.server.metrics.HistogramSnapshot;
import io.sdros.server.stream.StreamCondition;
import io.sdros.server.stream.VideoStream;
import io.sdros.server.text.Json;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What /health says of one stream.
 *
 * @param source what would be seen now
 * @param shmSequence unsigned
 * @param lastFrameAgeMillis absent before the first frame
 * @param framesBroadcast frames read and offered to the clients
 * @param clientLagTotal how often a client fell behind
 * @param averageFrameSizeBytes payload of all frames read; 0 before the first
 * @param keyframeRequestAgeMillis since the encoder was asked for a keyframe last; absent if it never was
 * @param framesWithheld units of parameter sets that are not sent, since the keyframe behind them has what was in them: gaps
 *     in the sequence that are no loss
 * @param conditions what the frames themselves show that is worth a word
 * @param video what the SPS of the last keyframe says; absent before the first, and with other codecs than H.264 and HEVC
 */
public record StreamHealth(String name, SourceState source, int clients, long shmSequence, OptionalLong lastFrameAgeMillis,
                    long framesBroadcast, long clientLagTotal, long averageFrameSizeBytes,
                    OptionalLong keyframeRequestAgeMillis, long framesWithheld,
                    List<BitstreamCondition> conditions, Optional<SequenceInfo> video) {

    private static final long NANOS_PER_MILLI = 1_000_000;

    public StreamHealth {
        conditions = List.copyOf(conditions);
    }

    public static StreamHealth of(VideoStream stream) {
        StreamCondition condition = stream.condition();
        HistogramSnapshot sizes = stream.frameSizes().snapshot();
        return new StreamHealth(stream.name(), SourceState.of(condition, stream.readyMaxAge()), stream.viewers(), condition.sequence(),
            condition.lastFrameAgeMillis(), sizes.observations(), stream.lagEvents(), Math.round(sizes.mean()),
            millis(stream.keyframeRequestAgeNanos()), stream.framesWithheld(), condition.conditions(), stream.sequence());
    }

    private static OptionalLong millis(OptionalLong nanos) {
        return nanos.isPresent() ? OptionalLong.of(nanos.getAsLong() / NANOS_PER_MILLI) : OptionalLong.empty();
    }

    Json json() {
        Json json = new Json().put("name", name);
        source.addTo(json);
        json.put("clients", clients).putUnsigned("shm_seq", shmSequence).put("last_frame_age_ms", lastFrameAgeMillis);
        addFramesTo(json);
        return json;
    }

    /** What is of the frames themselves. */
    void addFramesTo(Json json) {
        json.put("frames_broadcast", framesBroadcast)
            .put("client_lag_total", clientLagTotal)
            .put("avg_frame_size_bytes", averageFrameSizeBytes)
            .put("keyframe_request_age_ms", keyframeRequestAgeMillis)
            .put("frames_withheld", framesWithheld)
            .put("conditions", StreamWords.conditions(conditions))
            .put("video", video.map(StreamWords::video));
    }
}

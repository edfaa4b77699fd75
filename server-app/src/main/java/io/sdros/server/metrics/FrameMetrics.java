package io.sdros.server.metrics;

import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The frames that were read, by what is in them.
 *
 * @param accepted   frames that viewers may see
 * @param skipped    good frames nobody may see, because a keyframe must come first
 * @param conditions frames in which a condition of the stream was found, by condition
 */
public record FrameMetrics(LongSupplier accepted, LongSupplier skipped, FrameSizeHistogram sizes,
        Supplier<Map<String, Long>> conditions) implements MetricSource {

    @Override
    public void addTo(MetricFamilies families) {
        families
            .counter("frames_read_total", "Frames read from the shared memory and accepted.", accepted.getAsLong())
            .counter("frames_skipped_total", "Good frames nobody may see, because a keyframe must come first.", skipped.getAsLong())
            .counter("stream_conditions_total", "Frames in which a condition of the stream was found, by condition.",
                "condition", conditions.get())
            .histogram("frame_size_bytes", "Payload sizes of the frames read.", sizes.snapshot());
    }
}

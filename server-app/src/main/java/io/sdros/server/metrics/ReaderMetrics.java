package io.sdros.server.metrics;

import io.sdros.shm.reader.ReadOutcome;
import io.sdros.shm.reader.ReaderStatistics;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The reader of the shared memory.
 *
 * @param counted live
 * @param reading false while nobody watches and frames are only looked at
 */
public record ReaderMetrics(ReaderStatistics counted, BooleanSupplier reading) implements MetricSource {

    private static final double NANOS_PER_SECOND = 1e9;
    private static final List<ReadOutcome> FAILURES =
            Arrays.stream(ReadOutcome.values()).filter(ReadOutcome::failure).toList();

    @Override
    public void addTo(MetricFamilies families) {
        families
            .counter("frames_lost_total", "Frames missing between two accepted ones, by their numbers.", counted.framesLost())
            .counter("read_failures_total", "Frames that could not be read and were given up, by reason.", "reason",
                ReasonCounts.of(FAILURES, counted::failures))
            .counter("attaches_total", "Times the shared memory file was attached to.", counted.attaches())
            .counter("writer_restarts_total", "Times the writer started anew.", counted.writerRestarts())
            .counter("history_laps_total", "Times the writer overtook the reader in the region's history, so that frames were lost.",
                counted.historyLaps())
            .counter("history_skips_total",
                "Times frames of the history were left out for a newer keyframe because they were older than SDR_MAX_LATENCY_MS.",
                counted.historySkips())
            .gauge("history", "1 while frames come out of the region's history; 0 while they come out of its slot alone.",
                counted.history() ? 1 : 0)
            .gauge("shm_sequence", "The commit sequence last seen in the shared memory.", unsigned(counted.sequence()))
            .gauge("reading", "1 while frames are read; 0 while nobody watches and they are only looked at.", reading.getAsBoolean() ? 1 : 0);
        // No sample before the first frame: any number would be a lie, and "absent" can be alerted on.
        counted.lastFrameAgeNanos().ifPresent(age ->
            families.gauge("last_frame_age_seconds", "Time since the last frame was committed, read or not.", age / NANOS_PER_SECOND));
    }

    private static double unsigned(long value) {
        return value >= 0 ? value : Math.scalb((double) (value >>> 1), 1);
    }
}

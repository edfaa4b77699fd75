package io.sdros.server.stream;

import io.sdros.server.metrics.MetricSource;
import io.sdros.server.metrics.ReaderMetrics;
import io.sdros.server.settings.PollModeSetting;
import io.sdros.server.settings.StreamSettings;
import io.sdros.shm.reader.PollMode;
import io.sdros.shm.reader.ReaderStatistics;
import io.sdros.shm.reader.ShmFrameStream;
import io.sdros.transport.undertow.VideoMessage;
import java.nio.file.Path;
import org.slf4j.Logger;

/** Frames from a shared memory region of this machine, which need not exist yet. Its thread is the reader's. */
public final class ShmFrames implements FrameSource {
    private final Path region;
    private final ShmFrameStream frames;
    private final MetricSource metrics;

    private ShmFrames(StreamSettings settings, FramePublisher publisher, ReadingDemand demand, Logger log,
            Runnable inEachTurn) {
        region = settings.shmPath();
        frames = ShmFrameStream.builder(region)
                .expectedRegionBytes(settings.shmSizeBytes())
                .crcEnabled(settings.crcEnabled())
                .maxLatency(settings.maxLatency())
                // What is a keyframe is in the payload, so the publisher sees to it.
                .keyframeGating(false)
                .pollMode(settings.pollMode() == PollModeSetting.ADAPTIVE ? PollMode.ADAPTIVE : PollMode.CADENCE)
                .headroomBytes(VideoMessage.HEADROOM_BYTES)
                .demand(demand)
                // Else the one picture of a slow camera could be gone before the first viewer has come.
                .readAgain(demand::onlyLearnt)
                .listener(new RegionListener(publisher, log, System::nanoTime, inEachTurn))
                .build();
        metrics = new ReaderMetrics(frames.statistics(), demand::reading);
    }

    /** The region that the settings name. */
    public static Factory of(StreamSettings settings, Logger log) {
        return of(settings, log, () -> { });
    }

    /** @param inEachTurn run on the source's thread again and again, each time after the frame that has come if one has */
    public static Factory of(StreamSettings settings, Logger log, Runnable inEachTurn) {
        return (publisher, demand) -> new ShmFrames(settings, publisher, demand, log, inEachTurn);
    }

    @Override
    public void start() {
        frames.start();
    }

    @Override
    public void wakeUp() {
        frames.wakeUp();
    }

    @Override
    public Condition condition() {
        ReaderStatistics reader = frames.statistics();
        StreamCondition.Region state = switch (reader.attachState()) {
            case STOPPED, ABSENT -> StreamCondition.Region.ABSENT;
            case TOO_SHORT, UNREADABLE -> StreamCondition.Region.UNUSABLE;
            case ATTACHED -> StreamCondition.Region.ATTACHED;
        };
        return new Condition(state, region + " (" + reader.attachReason() + ")", reader.sequence(), reader.lastFrameAgeNanos());
    }

    @Override
    public MetricSource metrics() {
        return metrics;
    }

    @Override
    public void close() {
        frames.close();
    }
}

package io.sdros.server.stream;

import io.sdros.fanout.Broadcaster;
import io.sdros.fanout.KeyframeRequestSink;
import io.sdros.server.metrics.FrameSizeHistogram;
import io.sdros.server.metrics.MetricSource;
import io.sdros.server.metrics.ReaderMetrics;
import io.sdros.server.settings.PollModeSetting;
import io.sdros.server.settings.Settings;
import io.sdros.shm.reader.PollMode;
import io.sdros.shm.reader.ReaderStatistics;
import io.sdros.shm.reader.ShmFrameStream;
import io.sdros.transport.undertow.VideoMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/**
 * One stream: the reader of a region, the fan-out of its frames, and the keyframe requests of its viewers.
 *
 * <p>Frames go from the reader's thread straight into the viewers' queues. Reports may be asked for by any thread.
 */
public final class VideoStream implements AutoCloseable {
    private final Path region;
    private final Duration readyMaxAge;
    private final Broadcaster<VideoMessage> broadcaster;
    private final FrameRelay relay;
    private final ReadingDemand demand;
    private final ShmFrameStream frames;

    public VideoStream(Settings settings, Path region, KeyframeRequestSink keyframeRequests) {
        this.region = region;
        readyMaxAge = settings.readyMaxAge();
        broadcaster = Broadcaster.<VideoMessage>builder()
                .capacity(settings.broadcastCapacity())
                .maxLatency(settings.maxLatency())
                .gopCacheBytes(settings.gopCacheBytes())
                .queueBytes(settings.queueBytes())
                .keyframeGating(settings.keyframeGating())
                .keyframeTimeout(settings.idrTimeout())
                .requestInterval(settings.idrCoalesce())
                .keyframeRequestSink(keyframeRequests)
                .producerWakeup(this::wakeReader)
                .build();
        relay = new FrameRelay(broadcaster, LoggerFactory.getLogger(VideoStream.class),
                Optional.of(settings.idrTimeout()).filter(timeout -> settings.keyframeGating()), System::nanoTime);
        demand = new ReadingDemand(settings.idleRead(), broadcaster::hasSubscribers, System::nanoTime, relay::readingStops);
        frames = ShmFrameStream.builder(region)
                .expectedRegionBytes(settings.shmSizeBytes())
                .crcEnabled(settings.crcEnabled())
                .keyframeGating(settings.keyframeGating())
                .pollMode(settings.pollMode() == PollModeSetting.ADAPTIVE ? PollMode.ADAPTIVE : PollMode.CADENCE)
                .headroomBytes(VideoMessage.HEADROOM_BYTES)
                .demand(demand)
                .listener(relay)
                .build();
    }

    /** For the server that carries the frames to the viewers. */
    public Broadcaster<VideoMessage> broadcaster() {
        return broadcaster;
    }

    public FrameSizeHistogram frameSizes() {
        return relay.frameSizes();
    }

    /** Starts reading. */
    public void start() {
        frames.start();
    }

    public StreamCondition condition() {
        ReaderStatistics reader = frames.statistics();
        StreamCondition.Region state = switch (reader.attachState()) {
            case STOPPED, ABSENT -> StreamCondition.Region.ABSENT;
            case TOO_SHORT, UNREADABLE -> StreamCondition.Region.UNUSABLE;
            case ATTACHED -> StreamCondition.Region.ATTACHED;
        };
        return new StreamCondition(state, region + " (" + reader.attachReason() + ")", reader.sequence(),
                reader.lastFrameAgeNanos(), relay.health().failure(readyMaxAge, System.nanoTime()),
                relay.keyframeMissing());
    }

    public MetricSource readerMetrics() {
        return new ReaderMetrics(frames.statistics(), demand::reading, relay.frameSizes());
    }

    private void wakeReader() {
        frames.wakeUp();
    }

    @Override
    public void close() {
        frames.close();
    }
}

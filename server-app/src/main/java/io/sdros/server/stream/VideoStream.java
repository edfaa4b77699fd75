package io.sdros.server.stream;

import io.sdros.fanout.Broadcaster;
import io.sdros.fanout.LatestValueBroadcaster;
import io.sdros.relay.nats.OriginFrames;
import io.sdros.relay.nats.OriginListener;
import io.sdros.server.bitstream.SequenceInfo;
import io.sdros.server.bus.KeyframeRequestSender;
import io.sdros.server.bus.Upstream;
import io.sdros.server.metrics.FanoutMetrics;
import io.sdros.server.metrics.FeedMetrics;
import io.sdros.server.metrics.FrameSizeHistogram;
import io.sdros.server.metrics.MetricSource;
import io.sdros.server.rate.RateAdvisor;
import io.sdros.server.settings.ParameterSetsSetting;
import io.sdros.server.settings.StreamSettings;
import io.sdros.transport.undertow.TelemetryMessage;
import io.sdros.transport.undertow.VideoFeed;
import io.sdros.transport.undertow.VideoMessage;
import io.sdros.transport.undertow.ViewerListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;

/**
 * One stream: its source, the fan-out of its frames, the feed to its viewers and their keyframe requests.
 *
 * <p>Frames go from the source's thread straight into the viewers' queues. Any thread may ask for reports.
 */
public final class VideoStream implements AutoCloseable {
    private final StreamSettings settings;
    private final KeyframeRequestSender keyframeRequests;
    private final Broadcaster<VideoMessage> broadcaster;
    private final FramePublisher publisher;
    private final FrameSource source;
    private final RateAdvising rateAdvice;
    private final VideoFeed feed;
    private final List<MetricSource> besides = new ArrayList<>();

    /**
     * Assembles without starting anything.
     *
     * @param upstream where keyframe requests and rate advice go
     * @param telemetry what its viewers get besides
     * @param viewers   told of those who come and go
     * @param log       told what happens to the frames
     */
    public VideoStream(StreamSettings settings, FrameSource.Factory source, Upstream upstream,
            LatestValueBroadcaster<String, TelemetryMessage> telemetry, ViewerListener viewers, Logger log) {
        this.settings = settings;
        keyframeRequests = new KeyframeRequestSender(upstream);
        broadcaster = Broadcaster.<VideoMessage>builder()
                .capacity(settings.broadcastCapacity())
                .maxLatency(settings.maxLatency())
                .gopCacheBytes(settings.gopCacheBytes())
                .queueBytes(settings.queueBytes())
                .keyframeGating(settings.keyframeGating())
                .keyframeTimeout(settings.idrTimeout())
                .requestInterval(settings.idrCoalesce())
                .keyframeRequestSink(keyframeRequests)
                .producerWakeup(this::wakeSource)
                .build();
        publisher = new FramePublisher(broadcaster, settings.keyframeTimeout(),
                settings.parameterSets() == ParameterSetsSetting.INSERT, settings.lowDelaySps(), log);
        this.source = source.create(publisher, new ReadingDemand(settings.idleRead(), broadcaster::hasSubscribers,
                settings.relayed() ? () -> false : publisher::unknown, System::nanoTime, publisher::readingStops));
        rateAdvice = new RateAdvising(new RateAdvisor(settings.rate().policy()), upstream, frameSizes()::totalBytes, System::nanoTime,
                viewers);
        feed = VideoFeed.of(broadcaster, telemetry, rateAdvice);
    }

    public String name() {
        return settings.name();
    }

    /** Whether the operator has named it. */
    public boolean named() {
        return settings.named();
    }

    /** Whether it comes from another machine. */
    public boolean relayed() {
        return settings.relayed();
    }

    /** For people. */
    public String title() {
        return settings.title();
    }

    /** How many watch it. */
    public int viewers() {
        return feed.statistics().viewers();
    }

    /** For the server that carries the frames to the viewers. */
    public VideoFeed feed() {
        return feed;
    }

    /** Its frames, for edges. */
    public OriginFrames edgeFrames() {
        return new EdgeFrames(broadcaster);
    }

    /** Whom edges tell what their viewers need. */
    public OriginListener edgeVoices() {
        return new EdgeVoices(broadcaster, rateAdvice);
    }

    /** Starts the source. */
    public void start() {
        source.start();
    }

    /** Tells the encoder what its viewers' connections carry, if that is due; to be called a few times a second. */
    public void adviseRate() {
        rateAdvice.tell();
    }

    /** Whether there is somebody to judge by, or something to be taken back, so that {@link #adviseRate} may have to. Any thread. */
    public boolean advisesRate() {
        return rateAdvice.active();
    }

    public StreamCondition condition() {
        FrameSource.Condition now = source.condition();
        return new StreamCondition(now.region(), now.detail(), now.sequence(), now.lastFrameAgeNanos(),
                publisher.health().failure(settings.readyMaxAge(), System.nanoTime()), publisher.keyframeMissing(),
                publisher.conditions(System.nanoTime()), now.relayed());
    }

    /** How old the last frame may be of a stream that is to be called ready. */
    public Duration readyMaxAge() {
        return settings.readyMaxAge();
    }

    public FrameSizeHistogram frameSizes() {
        return publisher.frameSizes();
    }

    /** What the SPS of the last keyframe says; empty before the first that is understood. */
    public Optional<SequenceInfo> sequence() {
        return publisher.sequence();
    }

    /** How long ago the encoder was last asked for a keyframe; empty if it never was. */
    public OptionalLong keyframeRequestAgeNanos() {
        return keyframeRequests.lastAgeNanos();
    }

    /** How many units were learnt from and not sent, since the keyframe behind them has what was in them. */
    public long framesWithheld() {
        return publisher.framesWithheld();
    }

    /** How often a viewer fell behind. */
    public long lagEvents() {
        return broadcaster.statistics().lagEvents();
    }

    public List<MetricSource> metrics() {
        List<MetricSource> all = new ArrayList<>(List.of(source.metrics(), publisher.metrics(),
                new FanoutMetrics(broadcaster::statistics, keyframeRequests::corrected), new FeedMetrics(feed::statistics)));
        all.addAll(besides);
        return all;
    }

    /** What somebody else counts of it; before anybody asks for the {@link #metrics}. */
    public void countBesides(MetricSource source) {
        besides.add(source);
    }

    private void wakeSource() {
        source.wakeUp();
    }

    @Override
    public void close() {
        source.close();
    }
}

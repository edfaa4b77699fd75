package io.sdros.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.fanout.BroadcasterStatistics;
import io.sdros.fanout.KeyframeRequestStatistics;
import io.sdros.shm.reader.ShmFrameStream;
import io.sdros.telemetry.nats.DropReason;
import io.sdros.telemetry.nats.NatsDenial;
import io.sdros.telemetry.nats.NatsStatistics;
import io.sdros.transport.undertow.ClosedReason;
import io.sdros.transport.undertow.DelayHistogram;
import io.sdros.transport.undertow.DelayStage;
import io.sdros.transport.undertow.FeedStatistics;
import io.sdros.transport.undertow.FeedbackResult;
import io.sdros.transport.undertow.RefusalReason;
import io.sdros.transport.undertow.StrangerCut;
import io.sdros.transport.undertow.TransportStatistics;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MetricsRegistryTest {

    private static final DelayHistogram NO_DELAYS = new DelayHistogram(List.of(1_000_000L, 10_000_000L), List.of(0L, 0L, 0L), 0);

    private BroadcasterStatistics fanout = fanout(0, 0, new KeyframeRequestStatistics(0, 0, 0));
    private TransportStatistics clients =
        new TransportStatistics(0, 0, Map.of(), Map.of(), 0, Map.of(), 0, 0, 0, 0, Map.of(), NO_DELAYS, Map.of());
    private FeedStatistics viewers =
        new FeedStatistics(0, 0, Map.of(), 0, 0, 0, 0, Map.of(), 0, NO_DELAYS, Map.of());
    private Optional<NatsStatistics> nats = Optional.empty();
    private List<NatsDenial> denials = List.of();
    private final FrameSizeHistogram sizes = new FrameSizeHistogram();
    private final TelemetryCounters telemetry = new TelemetryCounters();
    private final ShmFrameStream notStarted = ShmFrameStream.builder(Path.of("frames")).listener(frame -> { }).build();
    private MetricsRegistry registry;

    @BeforeEach
    void createRegistry() {
        registry = new MetricsRegistry("1.2.3", sources());
    }

    @AfterEach
    void closeReader() {
        notStarted.close();
    }

    private List<MetricSource> sources() {
        return List.of(new ReaderMetrics(notStarted.statistics(), () -> false),
            new FrameMetrics(() -> 21, () -> 22, sizes, () -> Map.of("split_units", 23L)),
            new FanoutMetrics(() -> fanout, UnaryOperator.identity()),
            new FeedMetrics(() -> viewers), new TransportMetrics(() -> clients),
            new NatsMetrics(telemetry, () -> nats, () -> denials));
    }

    @Test
    void theAgeIsAbsentBeforeTheFirstFrame() {
        assertThat(own()).doesNotContainKey("sdr_last_frame_age_seconds").containsKey("sdr_shm_sequence");
    }

    @Test
    void everyReasonIsThereBeforeAnythingHappened() {
        assertThat(own()).containsAllEntriesOf(Map.of(
            "sdr_frames_dropped_total{reason=\"overflow\",}", 0.0,
            "sdr_frames_dropped_total{reason=\"latency\",}", 0.0,
            "sdr_read_failures_total{reason=\"torn_read\",}", 0.0,
            "sdr_reading", 0.0));
    }

    @Test
    void framesAreDrivenByTheirSource() {
        assertThat(own()).containsAllEntriesOf(Map.of(
            "sdr_frames_read_total", 21.0,
            "sdr_frames_skipped_total", 22.0,
            "sdr_stream_conditions_total{condition=\"split_units\",}", 23.0));
    }

    @Test
    void fanoutIsDrivenByItsSource() {
        fanout = fanout(1, 2, new KeyframeRequestStatistics(3, 4, 5));

        assertThat(own()).containsAllEntriesOf(Map.of(
            "sdr_lag_events_total", 1.0,
            "sdr_frames_dropped_total{reason=\"overflow\",}", 2.0,
            "sdr_frames_dropped_total{reason=\"unwanted\",}", 7.0,
            "sdr_keyframe_requests_total{result=\"sent\",}", 3.0,
            "sdr_keyframe_requests_total{result=\"coalesced\",}", 4.0,
            "sdr_keyframe_requests_total{result=\"failed\",}", 5.0));
    }

    @Test
    void keyframeRequestsAreTheCorrectedOnes() {
        fanout = fanout(0, 0, new KeyframeRequestStatistics(3, 4, 5));
        registry = new MetricsRegistry("1", List.of(new FanoutMetrics(() -> fanout,
            counted -> new KeyframeRequestStatistics(counted.sent() - 1, counted.coalesced(), counted.failed() + 1))));

        assertThat(own()).containsEntry("sdr_keyframe_requests_total{result=\"sent\",}", 2.0)
            .containsEntry("sdr_keyframe_requests_total{result=\"failed\",}", 6.0);
    }

    private static BroadcasterStatistics fanout(long lagEvents, long overflown, KeyframeRequestStatistics requests) {
        return new BroadcasterStatistics(0, 0, 0, 0, 0, 0, lagEvents, overflown, 0, 0, 0, 7, 0, 0, requests);
    }

    @Test
    void clientsAreDrivenByTheirSource() {
        clients = new TransportStatistics(21, 22, Map.of(), Map.of(RefusalReason.ORIGIN, 4L), 12,
            Map.of(StrangerCut.LIMIT, 13L), 0, 0, 0, 0, Map.of(), NO_DELAYS, Map.of());
        viewers = new FeedStatistics(1, 2, Map.of(ClosedReason.STALLED, 3L), 5, 6, 7, 8,
            Map.of(FeedbackResult.IMPOSSIBLE, 14L), 9, NO_DELAYS, Map.of());

        assertThat(own()).containsAllEntriesOf(Map.of(
            "sdr_clients", 1.0,
            "sdr_clients_accepted_total", 2.0,
            "sdr_clients_closed_total{reason=\"stalled\",}", 3.0,
            "sdr_clients_refused_total{reason=\"origin\",}", 4.0,
            "sdr_http_connections", 12.0,
            "sdr_http_connections_cut_total{reason=\"limit\",}", 13.0,
            "sdr_video_messages_sent_total", 5.0,
            "sdr_video_sent_bytes_total", 6.0,
            "sdr_telemetry_sent_total", 7.0,
            "sdr_inbound_messages_total", 8.0))
            .containsEntry("sdr_feedback_total{result=\"impossible\",}", 14.0);
    }

    @Test
    void delaysAreCumulativeBuckets() {
        viewers = new FeedStatistics(0, 0, Map.of(), 0, 0, 0, 0, Map.of(), 0,
            new DelayHistogram(NO_DELAYS.boundsNanos(), List.of(1L, 2L, 4L), 500_000_000),
            Map.of(DelayStage.SOCKET_TO_RECEIVED, NO_DELAYS,
                DelayStage.COMMIT_TO_DISPLAYED, new DelayHistogram(NO_DELAYS.boundsNanos(), List.of(3L, 0L, 1L), 250_000_000)));

        assertThat(own()).containsAllEntriesOf(Map.of(
            "sdr_commit_to_socket_delay_seconds_bucket{le=\"0.001\",}", 1.0,
            "sdr_commit_to_socket_delay_seconds_bucket{le=\"0.01\",}", 3.0,
            "sdr_commit_to_socket_delay_seconds_bucket{le=\"+Inf\",}", 7.0,
            "sdr_commit_to_socket_delay_seconds_count", 7.0,
            "sdr_commit_to_socket_delay_seconds_sum", 0.5));
        assertThat(own()).containsAllEntriesOf(Map.of(
            "sdr_viewer_delay_seconds_bucket{stage=\"commit_to_displayed\",le=\"0.01\",}", 3.0,
            "sdr_viewer_delay_seconds_bucket{stage=\"commit_to_displayed\",le=\"+Inf\",}", 4.0,
            "sdr_viewer_delay_seconds_count{stage=\"commit_to_displayed\",}", 4.0,
            "sdr_viewer_delay_seconds_sum{stage=\"commit_to_displayed\",}", 0.25,
            "sdr_viewer_delay_seconds_count{stage=\"socket_to_received\",}", 0.0));
    }

    @Test
    void streamsWithNamesHaveThemInALabel() {
        FeedStatistics front = new FeedStatistics(1, 2, Map.of(ClosedReason.STALLED, 3L), 5, 6, 7, 8, Map.of(), 9, NO_DELAYS, Map.of());
        FeedStatistics wrist = new FeedStatistics(10, 20, Map.of(ClosedReason.STALLED, 30L), 50, 60, 70, 80, Map.of(), 90,
            NO_DELAYS, Map.of());
        registry = new MetricsRegistry("1", List.of(
            new StreamMetrics("front", List.of(new FeedMetrics(() -> front), new ReaderMetrics(notStarted.statistics(), () -> true))),
            new StreamMetrics("other", List.of(new FeedMetrics(() -> wrist))),
            new StreamMetrics("other", List.of(new FeedMetrics(() -> front), new ReaderMetrics(notStarted.statistics(), () -> true))),
            new StreamMetrics("other", List.of(new ReaderMetrics(notStarted.statistics(), () -> true))),
            new TransportMetrics(() -> clients)));

        assertThat(own()).containsAllEntriesOf(Map.of(
            "sdr_clients{stream=\"front\",}", 1.0,
            "sdr_clients_closed_total{stream=\"front\",reason=\"stalled\",}", 3.0,
            "sdr_commit_to_socket_delay_seconds_bucket{stream=\"front\",le=\"0.001\",}", 0.0,
            "sdr_reading{stream=\"front\",}", 1.0,
            "sdr_clients{stream=\"other\",}", 11.0,
            "sdr_clients_closed_total{stream=\"other\",reason=\"stalled\",}", 33.0,
            "sdr_reading{stream=\"other\",}", 1.0,
            "sdr_http_connections", 0.0)).doesNotContainKey("sdr_clients");
        assertThat(registry.scrape().lines().filter(line -> line.equals("# TYPE sdr_clients gauge"))).hasSize(1);
    }

    @Test
    void frameSizesAreObserved() {
        sizes.observe(1500);
        sizes.observe(5_000_000);

        assertThat(own()).containsAllEntriesOf(Map.of(
            "sdr_frame_size_bytes_bucket{le=\"1024.0\",}", 0.0,
            "sdr_frame_size_bytes_bucket{le=\"2048.0\",}", 1.0,
            "sdr_frame_size_bytes_bucket{le=\"4194304.0\",}", 1.0,
            "sdr_frame_size_bytes_bucket{le=\"+Inf\",}", 2.0,
            "sdr_frame_size_bytes_count", 2.0,
            "sdr_frame_size_bytes_sum", 5_001_500.0));
    }

    @Test
    void telemetryIsCountedBySubject() {
        telemetry.received("a.b");
        telemetry.dropped("say \"x\"\\\n", "overflow");

        assertThat(own()).containsAllEntriesOf(Map.of(
            "sdr_telemetry_received_total{subject=\"a.b\",}", 1.0,
            "sdr_telemetry_dropped_total{reason=\"overflow\",subject=\"say \\\"x\\\"" + "\\".repeat(6) + "u000a\",}", 1.0));
    }

    @Test
    void noLabelHasAControlCharacterNorIsThereTwice() {
        telemetry.received("a\u0001\u001b[2J\u007f\u0085");
        telemetry.received("a" + "\\" + "u0001");
        telemetry.received("a\u0001");

        String scraped = registry.scrape();

        assertThat(scraped.chars().filter(c -> c != '\n')).noneMatch(Character::isISOControl);
        assertThat(new PrometheusText(scraped).samples().keySet()).filteredOn(series -> series.startsWith("sdr_telemetry_received_total{"))
            .hasSize(3);
    }

    @Test
    void natsIsDrivenByItsSource() {
        assertThat(own()).containsAllEntriesOf(Map.of("sdr_nats_enabled", 0.0, "sdr_nats_connected", 0.0,
                "sdr_nats_reconnects_total", 0.0));

        nats = Optional.of(new NatsStatistics(true, 4, 0, Map.of(DropReason.SLOW_CONSUMER, 4L), 0, 0, 0,
            Map.of(NatsDenial.Operation.SUBSCRIBE, 5L, NatsDenial.Operation.PUBLISH, 6L), 7));
        denials = List.of(new NatsDenial(NatsDenial.Operation.PUBLISH, "control.request_idr", Instant.EPOCH));

        assertThat(own()).containsAllEntriesOf(Map.of("sdr_nats_enabled", 1.0, "sdr_nats_connected", 1.0,
                "sdr_nats_reconnects_total", 3.0, "sdr_nats_denied", 1.0,
            "sdr_nats_refusals_total{operation=\"subscribe\",}", 5.0, "sdr_nats_refusals_total{operation=\"publish\",}", 6.0, "sdr_nats_slow_consumer_cuts_total", 7.0,
            "sdr_telemetry_dropped_total{reason=\"slow_consumer\",subject=\"unknown\",}", 4.0));
    }

    @Test
    void theBuildIsNamed() {
        assertThat(own()).containsEntry("sdr_build_info{version=\"1.2.3\",java=\"" + Runtime.version() + "\",}", 1.0);
    }

    @Test
    void theJvmIsThereToo() {
        assertThat(new PrometheusText(registry.scrape()).types()).containsKeys("jvm_memory_bytes_used",
                "jvm_threads_current", "jvm_gc_collection_seconds",
            "process_cpu_seconds_total", "jvm_buffer_pool_used_bytes");
    }

    @Test
    void registriesDoNotShareAnything() {
        MetricsRegistry second = new MetricsRegistry("2", sources());

        assertThat(second.scrape()).contains("sdr_build_info{version=\"2\"").doesNotContain("1.2.3");
    }

    @Test
    void theContentTypeSaysWhichFormat() {
        assertThat(MetricsRegistry.CONTENT_TYPE).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
    }

    @Test
    void namesFollowThePrometheusRules() {
        telemetry.received("a");
        PrometheusText text = new PrometheusText(registry.scrape());
        Map<String, String> own = text.types().entrySet().stream().filter(type -> type.getKey().startsWith("sdr_"))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));

        assertThat(own).hasSizeGreaterThan(25);
        own.forEach((name, type) -> {
            assertThat(name).matches("[a-z]+(_[a-z]+)*").doesNotContain("_milli", "_kilo", "_count_", "counter", "gauge", "histogram");
            assertThat(name.endsWith("_total")).as(name).isEqualTo(type.equals("counter"));
            assertThat(type).isIn("counter", "gauge", "histogram");
            assertThat(text.helps().get(name)).as(name).isNotBlank().endsWith(".");
            // Units come last, before _total.
            assertThat(name.replaceFirst("_total$", "")).as(name).doesNotContainPattern("_(bytes|seconds)_");
        });
        // OpenMetrics names a counter without its suffix: it must not be another metric's name.
        assertThat(own.keySet().stream().map(name -> name.replaceFirst("_total$", ""))).doesNotHaveDuplicates();
        assertThat(text.labelNames()).allMatch(label -> label.matches("[a-z]+")).doesNotContain("job", "instance");
    }

    @Test
    void reasonsAreLowerCaseConstants() {
        enum Reason { TORN_READ, CRC_MISMATCH, FRAME }

        Map<String, Long> counts = ReasonCounts.of(EnumSet.of(Reason.TORN_READ, Reason.CRC_MISMATCH), Reason::ordinal);

        assertThat(counts).isEqualTo(Map.of("torn_read", 0L, "crc_mismatch", 1L));
        assertThat(ReasonCounts.of(Map.of(Reason.FRAME, 5L))).isEqualTo(Map.of("frame", 5L));
    }

    private Map<String, Double> own() {
        Map<String, Double> own = new LinkedHashMap<>(new PrometheusText(registry.scrape()).samples());
        own.keySet().removeIf(name -> !name.startsWith("sdr_"));
        assertThat(List.copyOf(own.keySet())).isNotEmpty();
        return own;
    }
}

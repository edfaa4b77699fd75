package io.sdros.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MetricsRegistryTest {

    private static final HistogramSnapshot NO_DELAYS = new HistogramSnapshot(new double[] {0.001, 0.01}, new long[3], 0);

    private FrameMetrics frames = new FrameMetrics(0, 0, 0, Map.of(), 0, 0, 0, OptionalLong.empty(), false);
    private FanoutMetrics fanout = new FanoutMetrics(0, Map.of(), 0, 0, 0);
    private ClientMetrics clients = new ClientMetrics(0, 0, Map.of(), Map.of(), 0, Map.of(), 0, 0, 0, 0, NO_DELAYS);
    private NatsMetrics nats = NatsMetrics.off();
    private final FrameSizeHistogram sizes = new FrameSizeHistogram();
    private final TelemetryCounters telemetry = new TelemetryCounters();
    private MetricsRegistry registry;

    @BeforeEach
    void createRegistry() {
        registry = new MetricsRegistry("1.2.3", new MetricSources(() -> frames, () -> fanout, () -> clients, () -> nats, sizes, telemetry));
    }

    @Test
    void framesAreDrivenByTheirSource() {
        frames = new FrameMetrics(1, 2, 3, Map.of("crc_mismatch", 4L, "torn_read", 5L), 6, 7, 8, OptionalLong.of(1_500_000_000), true);

        assertThat(own()).containsAllEntriesOf(Map.of(
            "sdr_frames_read_total", 1.0,
            "sdr_frames_lost_total", 2.0,
            "sdr_frames_skipped_total", 3.0,
            "sdr_reading", 1.0,
            "sdr_read_failures_total{reason=\"crc_mismatch\",}", 4.0,
            "sdr_read_failures_total{reason=\"torn_read\",}", 5.0,
            "sdr_attaches_total", 6.0,
            "sdr_writer_restarts_total", 7.0,
            "sdr_shm_sequence", 8.0,
            "sdr_last_frame_age_seconds", 1.5));
    }

    @Test
    void theAgeIsAbsentBeforeTheFirstFrame() {
        assertThat(own()).doesNotContainKey("sdr_last_frame_age_seconds").containsKey("sdr_shm_sequence");
    }

    @Test
    void sequencesAreUnsigned() {
        frames = new FrameMetrics(0, 0, 0, Map.of(), 0, 0, -1, OptionalLong.empty(), false);

        assertThat(own()).containsEntry("sdr_shm_sequence", Math.scalb(1.0, 64));
    }

    @Test
    void fanoutIsDrivenByItsSource() {
        fanout = new FanoutMetrics(1, Map.of("overflow", 2L), 3, 4, 5);

        assertThat(own()).containsAllEntriesOf(Map.of(
            "sdr_lag_events_total", 1.0,
            "sdr_frames_dropped_total{reason=\"overflow\",}", 2.0,
            "sdr_keyframe_requests_total{result=\"sent\",}", 3.0,
            "sdr_keyframe_requests_total{result=\"coalesced\",}", 4.0,
            "sdr_keyframe_requests_total{result=\"failed\",}", 5.0));
    }

    @Test
    void clientsAreDrivenByTheirSource() {
        clients = new ClientMetrics(1, 2, Map.of("normal", 3L), Map.of("origin", 4L), 12, Map.of("limit", 13L), 5, 6, 7, 8, NO_DELAYS);

        assertThat(own()).containsAllEntriesOf(Map.of(
            "sdr_clients", 1.0,
            "sdr_clients_accepted_total", 2.0,
            "sdr_clients_closed_total{reason=\"normal\",}", 3.0,
            "sdr_clients_refused_total{reason=\"origin\",}", 4.0,
            "sdr_http_connections", 12.0,
            "sdr_http_connections_cut_total{reason=\"limit\",}", 13.0,
            "sdr_video_messages_sent_total", 5.0,
            "sdr_video_sent_bytes_total", 6.0,
            "sdr_telemetry_sent_total", 7.0,
            "sdr_inbound_messages_total", 8.0));
    }

    @Test
    void delaysAreCumulativeBuckets() {
        clients = new ClientMetrics(0, 0, Map.of(), Map.of(), 0, Map.of(), 0, 0, 0, 0, new HistogramSnapshot(new double[] {0.001, 0.01}, new long[] {1, 2, 4}, 0.5));

        assertThat(own()).containsAllEntriesOf(Map.of(
            "sdr_commit_to_socket_delay_seconds_bucket{le=\"0.001\",}", 1.0,
            "sdr_commit_to_socket_delay_seconds_bucket{le=\"0.01\",}", 3.0,
            "sdr_commit_to_socket_delay_seconds_bucket{le=\"+Inf\",}", 7.0,
            "sdr_commit_to_socket_delay_seconds_count", 7.0,
            "sdr_commit_to_socket_delay_seconds_sum", 0.5));
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
        assertThat(own()).containsAllEntriesOf(Map.of("sdr_nats_enabled", 0.0, "sdr_nats_connected", 0.0, "sdr_nats_reconnects_total", 0.0));

        nats = new NatsMetrics(true, true, 3, 4, 1, 5, 6, 7);

        assertThat(own()).containsAllEntriesOf(Map.of("sdr_nats_enabled", 1.0, "sdr_nats_connected", 1.0, "sdr_nats_reconnects_total", 3.0, "sdr_nats_denied", 1.0,
            "sdr_nats_refusals_total{operation=\"subscribe\",}", 5.0, "sdr_nats_refusals_total{operation=\"publish\",}", 6.0, "sdr_nats_slow_consumer_cuts_total", 7.0,
            "sdr_telemetry_dropped_total{reason=\"slow_consumer\",subject=\"unknown\",}", 4.0));
    }

    @Test
    void theBuildIsNamed() {
        assertThat(own()).containsEntry("sdr_build_info{version=\"1.2.3\",java=\"" + Runtime.version() + "\",}", 1.0);
    }

    @Test
    void theJvmIsThereToo() {
        assertThat(new PrometheusText(registry.scrape()).types()).containsKeys("jvm_memory_bytes_used", "jvm_threads_current", "jvm_gc_collection_seconds",
            "process_cpu_seconds_total", "jvm_buffer_pool_used_bytes");
    }

    @Test
    void registriesDoNotShareAnything() {
        MetricsRegistry second = new MetricsRegistry("2", new MetricSources(() -> frames, () -> fanout, () -> clients, () -> nats, sizes, telemetry));

        assertThat(second.scrape()).contains("sdr_build_info{version=\"2\"").doesNotContain("1.2.3");
    }

    @Test
    void theContentTypeSaysWhichFormat() {
        assertThat(MetricsRegistry.CONTENT_TYPE).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
    }

    @Test
    void namesFollowThePrometheusRules() {
        frames = new FrameMetrics(1, 2, 3, Map.of("crc_mismatch", 4L), 6, 7, 8, OptionalLong.of(1), true);
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

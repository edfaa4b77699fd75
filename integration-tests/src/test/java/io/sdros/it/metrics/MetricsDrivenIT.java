package io.sdros.it.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.DamagedFrames;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.HttpProbe;
import io.sdros.it.support.NatsClient;
import io.sdros.it.support.NatsProcess;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RawStream;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.Sdr2;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.VideoFrame;
import io.sdros.it.support.WsRecorder;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Every series of the server's own metrics is moved by the event it stands for, on real servers. Fails as well if there
 * is a series that nothing here moves.
 */
@Timeout(10 * 60) // servers one after another, and waits that the contract sets
@Execution(ExecutionMode.CONCURRENT) // it waits for most of its time, and each event may take its time
final class MetricsDrivenIT {

    /**
     * What has tests of its own: a NATS client too slow for its own connection (NatsRelayDeliveryTest), a mistake of the
     * server's (ClosingTest), clients that hold on to memory (HeapIT, MemoryTest), frames that are left out for a late
     * client (DroppableTest) or for one that asked for fewer (FewerFramesIT), a handshake in the moment of the stop
     * (StoppingTest), pages under a strange host name (HandshakeTest), connections that are no viewers' (StrangersIT),
     * frames whose producer says when it took and committed them (Sdr2ProtocolTest), and a producer with a history (its
     * reader's StreamHistoryTest; BusyMachineIT).
     */
    private static final Set<String> MADE_ELSEWHERE = Set.of(
            "sdr_telemetry_dropped_total{reason=\"slow_consumer\",subject=\"unknown\",}",
            "sdr_clients_closed_total{reason=\"failed\",}", "sdr_clients_closed_total{reason=\"memory\",}",
            "sdr_clients_refused_total{reason=\"host\",}", "sdr_clients_refused_total{reason=\"stopping\",}",
            "sdr_frames_dropped_total{reason=\"memory\",}", "sdr_frames_dropped_total{reason=\"droppable\",}",
            "sdr_frames_dropped_total{reason=\"unwanted\",}",
            "sdr_viewer_delay_seconds_count{stage=\"capture_to_commit\",}",
            "sdr_viewer_delay_seconds_sum{stage=\"capture_to_commit\",}",
            "sdr_viewer_delay_seconds_sum{stage=\"commit_to_server\",}",
            "sdr_history", "sdr_history_laps_total", "sdr_history_skips_total",
            "sdr_http_connections", "sdr_http_connections_cut_total{reason=\"address_limit\",}",
            "sdr_http_connections_cut_total{reason=\"limit\",}");
    /** Longer than the contract's 30 s without a sign of life. */
    private static final Duration IDLE = Duration.ofSeconds(60);
    private static final int SMALL_WINDOW_BYTES = 4096;
    private static final int MASKED = 0x80;
    private static final String LONG_SUBJECT = "telemetry." + "x".repeat(300);

    private final OpenResources opened = new OpenResources();
    private final MetricsLedger ledger = new MetricsLedger();

    @AfterEach
    void closeEverything() {
        opened.close();
    }

    @Test
    void everySeriesIsMovedByWhatItCounts() {
        ServerProcess patient = server(opened.add(TempRegion.create()));
        RawStream silent = opened.add(RawStream.connect(patient, SMALL_WINDOW_BYTES));

        reading();
        conditions();
        withoutMemory();
        refusals();
        closing();
        feedback();
        waitingForKeyframes();
        falling();
        telemetry();
        deniedAndTooSlow();

        ledger.value(patient.http(), "sdr_clients");
        ledger.comes(patient.http(), closed("idle"), IDLE);
        silent.close();
        shutdown();
        assertThat(ledger.notDriven()).isEqualTo(exempt());
    }

    /** The version is no event. */
    private Set<String> exempt() {
        Set<String> exempt = new TreeSet<>();
        for (String series : ledger.notDriven()) {
            if (series.startsWith("sdr_build_info{") || MADE_ELSEWHERE.contains(series)) {
                exempt.add(series);
            }
        }
        assertThat(exempt).hasSize(1 + MADE_ELSEWHERE.size());
        return exempt;
    }

    private ServerProcess server(TempRegion region, String... settings) {
        ServerProcess.Builder builder = ServerProcess.builder().region(region);
        for (int i = 0; i < settings.length; i += 2) {
            builder.set(settings[i], settings[i + 1]);
        }
        return opened.add(builder.start());
    }

    private static String reason(String name, String reason) {
        return MetricsLedger.series(name, Map.of("reason", reason));
    }

    private static String closed(String reason) {
        return reason("sdr_clients_closed_total", reason);
    }

    private static String requests(String result) {
        return MetricsLedger.series("sdr_keyframe_requests_total", Map.of("result", result));
    }

    /** The region's file, good frames and all ways of being damaged. */
    private void reading() {
        TempRegion region = opened.add(TempRegion.create());
        // So that nothing has to be learnt, and nothing is read for nobody.
        ServerProcess server = server(region, "SDR_PARAMETER_SETS", "pass");
        HttpProbe http = server.http();
        RegionWriter[] writer = new RegionWriter[1];
        ledger.raises(http, "sdr_attaches_total", () -> writer[0] = RegionWriter.open(region.path()));
        WsRecorder[] client = new WsRecorder[2];
        ledger.brings(http, "sdr_reading", 1, () -> opened.add(WsRecorder.connect(server)));
        ledger.brings(http, "sdr_clients", 2, () -> client[0] = opened.add(WsRecorder.connect(server)));
        ledger.raises(http, "sdr_clients_accepted_total", () -> client[1] = opened.add(WsRecorder.connect(server)));
        for (String series : new String[] {"sdr_frames_read_total", "sdr_shm_sequence", "sdr_last_frame_age_seconds",
            "sdr_frame_size_bytes_count", "sdr_frame_size_bytes_sum", "sdr_video_messages_sent_total",
            "sdr_video_sent_bytes_total", "sdr_commit_to_socket_delay_seconds_count",
            "sdr_commit_to_socket_delay_seconds_sum"}) {
            ledger.raises(http, series, () -> writer[0].keyframe(1000));
        }
        ledger.raises(http, "sdr_frames_lost_total", () -> writer[0].continueAt(100).keyframe(10));
        ledger.raises(http, "sdr_frames_skipped_total", () -> writer[0].continueAt(200).delta(10));
        ledger.raises(http, "sdr_writer_restarts_total", () -> RegionWriter.open(region.path()).keyframe(10));
        DamagedFrames damaged = DamagedFrames.in(region.path());
        ledger.raises(http, reason("sdr_read_failures_total", "invalid_length"), damaged::invalidLength);
        ledger.raises(http, reason("sdr_read_failures_total", "bad_header"), damaged::badHeader);
        ledger.raises(http, reason("sdr_read_failures_total", "crc_mismatch"), damaged::crcMismatch);
        ledger.raisesWithRepeated(http, reason("sdr_read_failures_total", "torn_read"), IDLE,
                () -> tear(damaged));
    }

    /** What payloads say, each made by hand: SPS of 176x144 without a word about the order, PPS, and slices. */
    private void conditions() {
        TempRegion region = opened.add(TempRegion.create());
        ServerProcess server = server(region);
        HttpProbe http = server.http();
        opened.add(WsRecorder.connect(server));
        RegionWriter writer = RegionWriter.open(region.path());
        http.awaitAttached();
        String sets = "000000016742c00bdb0b1390" + "0000000168cb83cb20";
        String idr = "000000016588840a";
        payload("no_parameter_sets", http, writer, 1, idr);
        payload("flag_mismatch", http, writer, 0, sets + idr);
        payload("split_units", http, writer, 0, "0000000109f0");
        payload("length_prefixed", http, writer, 1, "000000046588840a");
        payload("not_annex_b", http, writer, 0, "0102030405");
        payload("b_frames", http, writer, 0, "0000000141aa2233");
        payload("profile", http, writer, 1,
                "0000000167f4000d919681508784210c0440000003004000000c83c50aa8" + "0000000168cb83cb20" + idr);
        String recoveryPoint = "00000001060601848000000001419a2233";
        for (String label : new String[] {"no_keyframe", "intra_refresh"}) {
            ledger.raisesWithRepeated(http, condition(label), Deadlines.SOON,
                    () -> writer.write(1, 0, VideoFrame.H264, HexFormat.of().parseHex(recoveryPoint)));
        }
    }

    private static String condition(String label) {
        return MetricsLedger.series("sdr_stream_conditions_total", Map.of("condition", label));
    }

    private void payload(String label, HttpProbe http, RegionWriter writer, int flags, String hex) {
        ledger.raises(http, condition(label),
                () -> writer.write(1, flags, VideoFrame.H264, HexFormat.of().parseHex(hex)));
    }

    private void withoutMemory() {
        TempRegion region = opened.add(TempRegion.create());
        DamagedFrames damaged = DamagedFrames.inNew(region.path(), 300_000_000);
        ServerProcess server = server(region, "JAVA_TOOL_OPTIONS", "-Xmx128m");
        opened.add(WsRecorder.connect(server));
        ledger.raises(server.http(), reason("sdr_read_failures_total", "out_of_memory"), () -> damaged.ofBytes(200_000_000));
    }

    private static void tear(DamagedFrames damaged) {
        AtomicBoolean goOn = new AtomicBoolean(true);
        Thread scribbler = new Thread(() -> damaged.tornWhile(goOn), "scribbler");
        scribbler.start();
        Await.pause(Duration.ofMillis(40).toNanos());
        goOn.set(false);
        try {
            scribbler.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void refusals() {
        ServerProcess server = server(opened.add(TempRegion.create()), "SDR_AUTH_TOKEN", "s3cret",
                "SDR_MAX_CLIENTS", "2", "SDR_MAX_CLIENTS_PER_ADDRESS", "1", "SDR_TRUSTED_PROXIES", "127.0.0.1");
        HttpProbe http = server.http();
        ledger.raises(http, reason("sdr_clients_refused_total", "origin"),
                () -> WsRecorder.refused(server.stream("?token=s3cret"), Map.of("Origin", "http://evil.example")));
        ledger.raises(http, reason("sdr_clients_refused_total", "token"),
                () -> WsRecorder.refused(server.stream(), Map.of()));
        ledger.raises(http, reason("sdr_clients_refused_total", "handshake"), () -> http.handshakeOfVersion8("?token=s3cret"));
        opened.add(WsRecorder.connect(server.stream("?token=s3cret"), Map.of("X-Forwarded-For", "203.0.113.1")));
        ledger.raises(http, reason("sdr_clients_refused_total", "address_limit"), () -> WsRecorder.refused(
                server.stream("?token=s3cret"), Map.of("X-Forwarded-For", "203.0.113.1")));
        opened.add(WsRecorder.connect(server.stream("?token=s3cret"), Map.of("X-Forwarded-For", "203.0.113.2")));
        ledger.raises(http, reason("sdr_clients_refused_total", "limit"), () -> WsRecorder.refused(
                server.stream("?token=s3cret"), Map.of("X-Forwarded-For", "203.0.113.3")));
    }

    /** All endings that a client can cause by what it sends. */
    private void closing() {
        ServerProcess server = server(opened.add(TempRegion.create()));
        HttpProbe http = server.http();
        ledger.raises(http, "sdr_inbound_messages_total",
                () -> opened.add(WsRecorder.connect(server)).socket().sendText("hello", true).join());
        ledger.raises(http, closed("client"), () -> opened.add(WsRecorder.connect(server)).socket()
                .sendClose(WebSocket.NORMAL_CLOSURE, "").join());
        ledger.raises(http, closed("disconnected"), () -> RawStream.connect(server, SMALL_WINDOW_BYTES).close());
        ledger.raises(http, closed("protocol_error"), () -> opened.add(RawStream.connect(server, SMALL_WINDOW_BYTES))
                .send(0x82, 0x01, 0x00).close());
        ledger.raises(http, closed("bad_data"), () -> opened.add(RawStream.connect(server, SMALL_WINDOW_BYTES))
                .send(0x81, MASKED | 1, 0, 0, 0, 0, 0xFF).close());
        ledger.raises(http, closed("too_big"), () -> opened.add(RawStream.connect(server, SMALL_WINDOW_BYTES))
                .send(0x82, MASKED | 127, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0).close());
    }

    /** What clients that speak sdr.2 say. */
    private void feedback() {
        TempRegion region = opened.add(TempRegion.create());
        ServerProcess server = server(region);
        HttpProbe http = server.http();
        RegionWriter writer = RegionWriter.open(region.path());
        WsRecorder client = opened.add(WsRecorder.connectSdr2(server));
        http.awaitAttached();
        writer.keyframe(1000);
        client.awaitVideo(1);
        Sdr2.FrameTimes frame = client.messages().stream().map(WsRecorder.Received::bytes)
                .filter(bytes -> bytes[0] == Sdr2.FRAME_TIMES).map(Sdr2.FrameTimes::of).findFirst().orElseThrow();
        long seq = frame.frameSeq();
        for (String stage : List.of("commit_to_server", "server_to_socket", "socket_to_received", "received_to_displayed",
                "commit_to_displayed")) {
            ledger.raises(http, MetricsLedger.series("sdr_viewer_delay_seconds_count", Map.of("stage", stage)),
                    () -> send(client, receivedAndDisplayed(seq)));
        }
        for (String stage : List.of("server_to_socket", "socket_to_received", "received_to_displayed", "commit_to_displayed")) {
            ledger.raises(http, MetricsLedger.series("sdr_viewer_delay_seconds_sum", Map.of("stage", stage)),
                    () -> send(client, receivedAndDisplayed(seq)));
        }
        ledger.raises(http, feedback("accepted"), () -> send(client, Sdr2.feedback(Sdr2.PLAYING, 0, 0, 0, 0)));
        ledger.raises(http, feedback("malformed"), () -> send(client, ByteBuffer.wrap(new byte[] {7})));
        ledger.raises(http, feedback("impossible"),
                () -> send(client, Sdr2.feedback(Sdr2.PLAYING, seq + 1, System.nanoTime(), 0, 0)));
        // On a busy machine so many may take more than a second.
        ledger.raisesWithRepeated(http, closed("too_many"), Deadlines.SOON, () -> {
            WsRecorder flooding = opened.add(WsRecorder.connectSdr2(server));
            for (int i = 0; i <= 200; i++) {
                send(flooding, Sdr2.clock(i));
            }
        });
    }

    /** Received just before it was displayed, which is now: this is the server's clock, and it sent the frame some time ago. */
    private static ByteBuffer receivedAndDisplayed(long seq) {
        long nowNanos = System.nanoTime();
        return Sdr2.feedback(Sdr2.PLAYING, seq, nowNanos - 1000, seq, nowNanos);
    }

    private static String feedback(String result) {
        return MetricsLedger.series("sdr_feedback_total", Map.of("result", result));
    }

    private static void send(WsRecorder client, ByteBuffer message) {
        client.socket().sendBinary(message, true).join();
    }

    /** No keyframe for those who join: asked for, held back, failed, and in the end too late. */
    private void waitingForKeyframes() {
        try (NatsProcess nats = NatsProcess.start(); TempRegion region = TempRegion.create()) {
            ServerProcess server = server(region, "SDR_GOP_CACHE_BYTES", "0", "SDR_IDR_TIMEOUT_MS", "3000",
                    "SDR_IDR_COALESCE_MS", "2000", "SDR_NATS_URL", nats.url());
            HttpProbe http = server.http();
            http.awaitNats("connected");
            RegionWriter writer = RegionWriter.open(region.path());
            opened.add(WsRecorder.connect(server));
            http.awaitAttached();
            writer.keyframe(10);
            http.awaitFramesRead(1);
            ledger.raises(http, requests("sent"), () -> opened.add(WsRecorder.connect(server)));
            // Two at once, and again: where two joins take longer than requests are held together, each makes its own.
            ledger.raisesWithRepeated(http, requests("coalesced"), Deadlines.SOON, () -> {
                opened.add(WsRecorder.connect(server));
                opened.add(WsRecorder.connect(server));
            });
            ledger.raisesWithRepeated(http, reason("sdr_frames_dropped_total", "gate"), Deadlines.SOON,
                    () -> writer.delta(10));
            ledger.raisesWithRepeated(http, closed("keyframe_timeout"), Deadlines.SOON, () -> writer.delta(10));
            nats.kill();
            http.awaitNats("disconnected");
            ledger.raisesWithRepeated(http, requests("failed"), Deadlines.SOON, () -> {
                opened.add(WsRecorder.connect(server));
                writer.delta(10);
            });
        }
    }

    /** Clients that do not take what they are sent. */
    private void falling() {
        TempRegion region = opened.add(TempRegion.create());
        ServerProcess narrow = server(region, "SDR_BROADCAST_CAPACITY", "2", "SDR_MAX_LATENCY_MS", "0",
                "SDR_STALL_TIMEOUT_MS", "4000");
        ServerProcess slow = server(region, "SDR_BROADCAST_CAPACITY", "1000", "SDR_MAX_LATENCY_MS", "100");
        RegionWriter writer = RegionWriter.open(region.path());
        narrow.http().awaitAttached();
        slow.http().awaitAttached();
        opened.add(RawStream.connect(narrow, SMALL_WINDOW_BYTES));
        RawStream reader = opened.add(RawStream.connect(slow, SMALL_WINDOW_BYTES));
        ledger.raisesWithRepeated(narrow.http(), reason("sdr_frames_dropped_total", "overflow"), Deadlines.SOON,
                () -> writer.keyframe(500_000));
        Runnable fasterThanRead = () -> {
            for (int i = 0; i < 4; i++) {
                writer.keyframe(500_000);
                Await.pause(Duration.ofMillis(40).toNanos());
            }
            reader.take(2_000_000);
        };
        ledger.raisesWithRepeated(slow.http(), reason("sdr_frames_dropped_total", "latency"), IDLE, fasterThanRead);
        ledger.raisesWithRepeated(slow.http(), "sdr_lag_events_total", IDLE, fasterThanRead);
        ledger.raisesWithRepeated(narrow.http(), closed("stalled"), Deadlines.SOON, () -> writer.keyframe(100));
    }

    private void telemetry() {
        try (NatsProcess nats = NatsProcess.start()) {
            ServerProcess server = server(opened.add(TempRegion.create()), "SDR_NATS_URL", nats.url(),
                    "SDR_TELEMETRY_MAX_SIZE", "60000");
            HttpProbe http = server.http();
            http.awaitNats("connected");
            opened.add(WsRecorder.connect(server));
            opened.add(RawStream.connect(server, SMALL_WINDOW_BYTES)); // takes nothing
            try (NatsClient robot = NatsClient.connect(nats)) {
                Await.until("the subscription", Deadlines.SOON, () -> nats.hasSubscription("telemetry.>"));
                ledger.raises(http, received("telemetry.pose"), () -> robot.publish("telemetry.pose", "1"));
                ledger.raises(http, "sdr_telemetry_sent_total", () -> robot.publish("telemetry.pose", "2"));
                ledger.raises(http, dropped("payload_too_large", "telemetry.pose"),
                        () -> robot.publish("telemetry.pose", new byte[60_001]));
                ledger.raises(http, dropped("subject_too_long", "other"), () -> robot.publish(LONG_SUBJECT, "1"));
                ledger.raisesWithRepeated(http, dropped("queue_overflow", "telemetry.pose"), Deadlines.SOON,
                        () -> robot.publish("telemetry.pose", new byte[60_000]));
                ledger.raises(http, received("other"), () -> robot.publish(LONG_SUBJECT, "1"));
            }
            ledger.brings(http, "sdr_nats_connected", 0, nats::kill);
            try (NatsProcess again = NatsProcess.start(nats.port())) {
                ledger.raises(http, "sdr_nats_reconnects_total", () -> http.awaitNats("connected"));
                assertThat(ledger.value(http, "sdr_nats_connected")).isEqualTo(1);
                assertThat(again.port()).isEqualTo(nats.port());
            }
        }
        // Whether there is to be NATS is a setting: the other servers here say 0.
        ledger.differs("sdr_nats_enabled", server(opened.add(TempRegion.create())).http(), server(
                opened.add(TempRegion.create()), "SDR_NATS_URL", "nats://127.0.0.1:1").http());
    }

    /** A login that may do nothing, and a process that stands still. */
    private void deniedAndTooSlow() {
        try (NatsProcess nats = NatsProcess.start("write_deadline: \"500ms\"\nauthorization { users: [ { user: robot, password:"
                + " s3cret, permissions: { publish: { allow: [\"nothing\"] }, subscribe: { allow: [\"telemetry.>\"] } } },"
                + " { user: it, password: it } ] }\nno_auth_user: it\n")) {
            ServerProcess server = server(opened.add(TempRegion.create()), "SDR_NATS_URL",
                    nats.url("nats", "robot:s3cret@").toString(), "SDR_TELEMETRY_SUBJECTS", "telemetry.>,other");
            HttpProbe http = server.http();
            http.awaitNats("connected");
            ledger.raises(http, "sdr_nats_denied", () -> opened.add(WsRecorder.connect(server)));
            for (String operation : List.of("subscribe", "publish")) {
                ledger.comes(http, MetricsLedger.series("sdr_nats_refusals_total", Map.of("operation", operation)), Deadlines.SOON);
            }
            ledger.raises(http, "sdr_nats_slow_consumer_cuts_total", () -> floodWhileStopped(server, nats));
        }
    }

    private static void floodWhileStopped(ServerProcess server, NatsProcess nats) {
        server.process().signal("-STOP");
        try (NatsClient robot = NatsClient.connect(nats)) {
            for (int i = 0; i < 500; i++) {
                robot.publishUnconfirmed("telemetry.pose", new byte[60_000]);
            }
            Await.until("nats-server has cut it off", Deadlines.SOON, () -> !nats.hasSubscription("telemetry.>"));
            Await.holdsFor(Duration.ofSeconds(2), () -> true);
        } finally {
            server.process().signal("-CONT");
        }
    }

    private static String received(String subject) {
        return MetricsLedger.series("sdr_telemetry_received_total", Map.of("subject", subject));
    }

    private static String dropped(String reason, String subject) {
        return "sdr_telemetry_dropped_total{reason=\"" + reason + "\",subject=\"" + subject + "\",}";
    }

    /** Asked for on a connection that was there before the signal, while a client that does not answer is waited for. */
    private void shutdown() {
        ServerProcess server = server(opened.add(TempRegion.create()));
        HttpProbe http = server.http();
        opened.add(RawStream.connect(server, SMALL_WINDOW_BYTES));
        opened.add(WsRecorder.connect(server));
        http.awaitClients(2);
        ledger.raises(http, closed("shutdown"), () -> server.process().terminate());
        assertThat(server.process().awaitExit(Deadlines.SOON)).isZero();
    }
}

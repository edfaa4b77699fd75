package io.sdros.it.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.HttpProbe;
import io.sdros.it.support.NatsProcess;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RawStream;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.Sdr2;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.WsRecorder;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What viewers do and what is done to them, and the series that this moves. */
final class ViewerEvents {

    static final int SMALL_WINDOW_BYTES = 4096;
    private static final int MASKED = 0x80;

    private final OpenResources opened;
    private final MetricsLedger ledger;

    /** @param opened where everything goes that is to be closed in the end */
    ViewerEvents(OpenResources opened, MetricsLedger ledger) {
        this.opened = opened;
        this.ledger = ledger;
    }

    private ServerProcess server(TempRegion region, String... settings) {
        return opened.add(ServerProcess.start(region, settings));
    }

    void refusals() {
        ServerProcess server = server(opened.add(TempRegion.create()), "SDR_AUTH_TOKEN", "s3cret",
                "SDR_MAX_CLIENTS", "2", "SDR_MAX_CLIENTS_PER_ADDRESS", "1", "SDR_TRUSTED_PROXIES", "127.0.0.1");
        HttpProbe http = server.http();
        ledger.raises(http, MetricsLedger.reason("sdr_clients_refused_total", "origin"),
                () -> WsRecorder.refused(server.stream("?token=s3cret"), Map.of("Origin", "http://evil.example")));
        ledger.raises(http, MetricsLedger.reason("sdr_clients_refused_total", "token"),
                () -> WsRecorder.refused(server.stream(), Map.of()));
        ledger.raises(http, MetricsLedger.reason("sdr_clients_refused_total", "handshake"),
                () -> http.handshakeOfVersion8("?token=s3cret"));
        opened.add(WsRecorder.connect(server.stream("?token=s3cret"), Map.of("X-Forwarded-For", "203.0.113.1")));
        ledger.raises(http, MetricsLedger.reason("sdr_clients_refused_total", "address_limit"),
                () -> WsRecorder.refused(
                server.stream("?token=s3cret"), Map.of("X-Forwarded-For", "203.0.113.1")));
        opened.add(WsRecorder.connect(server.stream("?token=s3cret"), Map.of("X-Forwarded-For", "203.0.113.2")));
        ledger.raises(http, MetricsLedger.reason("sdr_clients_refused_total", "limit"), () -> WsRecorder.refused(
                server.stream("?token=s3cret"), Map.of("X-Forwarded-For", "203.0.113.3")));
    }

    /** All endings that a client can cause by what it sends. */
    void closing() {
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
    void feedback() {
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
        for (String stage : List.of("commit_to_server", "server_to_socket", "socket_to_received", "received_to_decoded",
                "decoded_to_displayed", "received_to_displayed", "commit_to_displayed")) {
            ledger.raises(http, MetricsLedger.series("sdr_viewer_delay_seconds_count", Map.of("stage", stage)),
                    () -> send(client, receivedAndDisplayed(seq)));
        }
        for (String stage : List.of("server_to_socket", "socket_to_received", "received_to_decoded",
                "decoded_to_displayed", "received_to_displayed", "commit_to_displayed")) {
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

    /** Received two milliseconds before it was displayed, which is now: this is the server's clock, and it sent the frame before that. */
    private static ByteBuffer receivedAndDisplayed(long seq) {
        long nowNanos = System.nanoTime();
        return Sdr2.feedback(Sdr2.PLAYING, 1, seq, nowNanos - 2_000_000, seq, nowNanos);
    }

    private static String feedback(String result) {
        return MetricsLedger.series("sdr_feedback_total", Map.of("result", result));
    }

    private static void send(WsRecorder client, ByteBuffer message) {
        client.socket().sendBinary(message, true).join();
    }

    /** No keyframe for those who join: asked for, held back, failed, and in the end too late. */
    void waitingForKeyframes() {
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
            ledger.raisesWithRepeated(http, MetricsLedger.reason("sdr_frames_dropped_total", "gate"), Deadlines.SOON,
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

    private static String requests(String result) {
        return MetricsLedger.series("sdr_keyframe_requests_total", Map.of("result", result));
    }

    /** Clients that do not take what they are sent. */
    void falling() {
        TempRegion region = opened.add(TempRegion.create());
        ServerProcess narrow = server(region, "SDR_BROADCAST_CAPACITY", "2", "SDR_MAX_LATENCY_MS", "0",
                "SDR_STALL_TIMEOUT_MS", "4000");
        ServerProcess slow = server(region, "SDR_BROADCAST_CAPACITY", "1000", "SDR_MAX_LATENCY_MS", "100");
        RegionWriter writer = RegionWriter.open(region.path());
        narrow.http().awaitAttached();
        slow.http().awaitAttached();
        opened.add(RawStream.connect(narrow, SMALL_WINDOW_BYTES));
        RawStream reader = opened.add(RawStream.connect(slow, SMALL_WINDOW_BYTES));
        ledger.raisesWithRepeated(narrow.http(), MetricsLedger.reason("sdr_frames_dropped_total", "overflow"), Deadlines.SOON,
                () -> writer.keyframe(500_000));
        Runnable fasterThanRead = () -> {
            for (int i = 0; i < 4; i++) {
                writer.keyframe(500_000);
                Await.pause(Duration.ofMillis(40).toNanos());
            }
            reader.take(2_000_000);
        };
        ledger.raisesWithRepeated(slow.http(), MetricsLedger.reason("sdr_frames_dropped_total", "latency"),
                MetricsLedger.LONG, fasterThanRead);
        ledger.raisesWithRepeated(slow.http(), "sdr_lag_events_total", MetricsLedger.LONG, fasterThanRead);
        ledger.raisesWithRepeated(narrow.http(), closed("stalled"), Deadlines.SOON, () -> writer.keyframe(100));
    }

    static String closed(String reason) {
        return MetricsLedger.reason("sdr_clients_closed_total", reason);
    }

    /** Asked for on a connection that was there before the signal, while a client that does not answer is waited for. */
    void shutdown() {
        ServerProcess server = server(opened.add(TempRegion.create()));
        HttpProbe http = server.http();
        opened.add(RawStream.connect(server, SMALL_WINDOW_BYTES));
        opened.add(WsRecorder.connect(server));
        http.awaitClients(2);
        ledger.raises(http, closed("shutdown"), () -> server.process().terminate());
        assertThat(server.process().awaitExit(Deadlines.SOON)).isZero();
    }
}

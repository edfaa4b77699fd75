package io.sdros.it.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.NatsClient;
import io.sdros.it.support.NatsProcess;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TelemetrySample;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.WsRecorder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.json.Json;

/** Telemetry and keyframe requests with a real nats-server. */
final class NatsIT {

    private static final Duration TEN_INTERVALS = Duration.ofSeconds(1);

    @RegisterExtension
    final OpenResources opened = new OpenResources();
    private TempRegion region;
    private NatsProcess nats;
    private ServerProcess server;

    @BeforeEach
    void startNats() {
        region = opened.add(TempRegion.create());
        nats = opened.add(NatsProcess.start());
    }

    private void startServer(Map<String, String> settings) {
        server = opened.add(ServerProcess.builder().region(region).set("SDR_NATS_URL", nats.url()).set(settings).start());
    }

    private void startConnectedServer(Map<String, String> settings) {
        startServer(settings);
        awaitConnected(settings.getOrDefault("SDR_TELEMETRY_SUBJECTS", "telemetry.>"));
    }

    private void awaitConnected(String subjects) {
        Await.until("the server says that it is connected to NATS", Deadlines.SOON,
                () -> server.http().metrics().sum("sdr_nats_connected") == 1);
        for (String subject : subjects.split(",")) {
            Await.until("the server has subscribed to " + subject, Deadlines.SOON,
                    () -> nats.hasSubscription(subject));
        }
    }

    @Test
    void telemetryIsRelayedWithItsSubject() {
        startConnectedServer(Map.of());
        try (NatsClient publisher = NatsClient.connect(nats); WsRecorder client = WsRecorder.connect(server)) {
            server.http().awaitClients(1);
            byte[] opaque = {0, 1, (byte) 0xFF, '\r', '\n', 0x7F};
            publisher.publish("other.subject", "not for clients");
            publisher.publish("telemetry.rf.level", opaque);
            publisher.publish("telemetry.empty", new byte[0]);

            TelemetrySample sample = client.awaitTelemetry("telemetry.rf.level");
            assertThat(sample.payload()).isEqualTo(opaque);
            assertThat(client.awaitTelemetry("telemetry.empty").payload()).isEmpty();
            assertThat(client.telemetry()).extracting(TelemetrySample::subject)
                    .containsExactly("telemetry.rf.level", "telemetry.empty");
            // The bytes themselves, once: [02][u16 LE length][subject][payload].
            byte[] message = client.messages().get(0).bytes();
            assertThat(message).startsWith(0x02, "telemetry.rf.level".length(), 0).hasSize(3 + 18 + opaque.length);
        }
    }

    @Test
    void whatIsTooLongIsDroppedAndCounted() {
        startConnectedServer(Map.of("SDR_TELEMETRY_MAX_SIZE", "16"));
        try (NatsClient publisher = NatsClient.connect(nats); WsRecorder client = WsRecorder.connect(server)) {
            server.http().awaitClients(1);
            publisher.publish("telemetry.big", new byte[17]);
            publisher.publish("telemetry." + "x".repeat(247), "subject of 257 bytes");
            publisher.publish("telemetry.fits", new byte[16]);

            assertThat(client.awaitTelemetry("telemetry.fits").payload()).hasSize(16);
            assertThat(client.telemetry()).hasSize(1);
            assertThat(server.http().metrics().sum("sdr_telemetry_dropped_total")).isEqualTo(2);
        }
    }

    @Test
    void aLateJoinerGetsTheLastValueOfEachSubject() {
        startConnectedServer(Map.of());
        try (NatsClient publisher = NatsClient.connect(nats); WsRecorder early = WsRecorder.connect(server)) {
            server.http().awaitClients(1);
            publisher.publish("telemetry.a", "old");
            publisher.publish("telemetry.a", "new");
            publisher.publish("telemetry.b", "only");
            early.awaitTelemetry("telemetry.b");

            try (WsRecorder late = WsRecorder.connect(server)) {
                late.awaitTelemetry("telemetry.a");
                late.awaitTelemetry("telemetry.b");
                publisher.publish("telemetry.c", "live");
                late.awaitTelemetry("telemetry.c");

                assertThat(late.telemetry()).extracting(sample -> sample.subject() + "=" + sample.text())
                        .containsExactlyInAnyOrder("telemetry.a=new", "telemetry.b=only", "telemetry.c=live");
            }
        }
    }

    @Test
    void overlappingFiltersDeliverOnce() {
        startConnectedServer(Map.of("SDR_TELEMETRY_SUBJECTS", "telemetry.>,telemetry.*,status.gps"));
        try (NatsClient publisher = NatsClient.connect(nats); WsRecorder client = WsRecorder.connect(server)) {
            server.http().awaitClients(1);
            publisher.publish("telemetry.a", "1");
            publisher.publish("status.gps", "2");
            publisher.publish("telemetry.last", "3");
            client.awaitTelemetry("telemetry.last");
            client.awaitTelemetry("status.gps");

            assertThat(client.telemetry()).extracting(TelemetrySample::subject)
                    .containsExactlyInAnyOrder("telemetry.a", "status.gps", "telemetry.last");
        }
    }

    @Test
    void natsMayBeAbsentAtStartAndComeLater() {
        int port = nats.port();
        nats.kill();
        startServer(Map.of());
        RegionWriter writer = RegionWriter.open(region.path());
        try (WsRecorder client = WsRecorder.connect(server)) {
            server.http().awaitAttached();
            writer.keyframe(100);
            client.awaitVideo(1);
            assertThat(server.http().metrics().sum("sdr_nats_connected")).isZero();

            nats = opened.add(NatsProcess.start(port));
            awaitConnected("telemetry.>");

            assertRelays(client, "telemetry.after.start");
            writer.delta(100);
            client.awaitVideo(2);
        }
    }

    @Test
    void natsMayGoAndComeBack() {
        startConnectedServer(Map.of());
        RegionWriter writer = RegionWriter.open(region.path());
        try (WsRecorder client = WsRecorder.connect(server)) {
            server.http().awaitAttached();
            writer.keyframe(100);
            client.awaitVideo(1);
            assertRelays(client, "telemetry.before");

            nats.kill();
            Await.until("the loss is seen", Deadlines.SOON,
                    () -> server.http().metrics().sum("sdr_nats_connected") == 0);
            writer.delta(100);
            client.awaitVideo(2);
            assertThat(server.http().get("/health").statusCode()).isEqualTo(200);

            nats = opened.add(NatsProcess.start(nats.port()));
            awaitConnected("telemetry.>");
            assertRelays(client, "telemetry.after");
            assertThat(client.closeCode()).isEmpty();
        }
    }

    private void assertRelays(WsRecorder client, String subject) {
        try (NatsClient publisher = NatsClient.connect(nats)) {
            publisher.publish(subject, "x");
            assertThat(client.awaitTelemetry(subject).text()).isEqualTo("x");
        }
    }

    @Test
    void aJoinWithNothingToReplayRequestsAKeyframe() {
        startConnectedServer(Map.of("SDR_IDR_COALESCE_MS", "200", "SDR_IDR_SUBJECT", "control.please"));
        RegionWriter writer = RegionWriter.open(region.path());
        try (NatsClient control = NatsClient.connect(nats)) {
            control.subscribe("control.please");
            server.http().awaitAttached();
            writer.delta(100);
            server.http().awaitShmSequence(1);
            assertThat(control.messages()).as("no client, no request").isEmpty();

            try (WsRecorder client = WsRecorder.connect(server)) {
                Map<String, Object> first = awaitRequest(control, 0);
                assertThat(first).containsEntry("reason", "join");
                assertThat(((Number) first.get("clients")).intValue()).isEqualTo(1);

                // Not answered: asked again.
                Map<String, Object> second = awaitRequest(control, 1);
                assertThat(second.get("reason")).isIn("join", "timeout");

                try (WsRecorder another = WsRecorder.connect(server)) {
                    Await.until("a request for two clients", Deadlines.SOON, () -> control.messages().stream()
                            .anyMatch(message -> ((Number) request(message).get("clients")).intValue() == 2));

                    writer.keyframe(100);
                    client.awaitVideo(1);
                    another.awaitVideo(1);
                }
            }
        }
    }

    @Test
    void requestsGoToTheDefaultSubjectAndAnArrivingKeyframeEndsThem() {
        startConnectedServer(Map.of("SDR_IDR_COALESCE_MS", "100"));
        RegionWriter writer = RegionWriter.open(region.path());
        try (NatsClient control = NatsClient.connect(nats)) {
            control.subscribe("control.request_idr");
            server.http().awaitAttached();
            try (WsRecorder client = WsRecorder.connect(server)) {
                assertThat(awaitRequest(control, 0)).containsKeys("reason", "clients").hasSize(2);
                writer.keyframe(100);
                client.awaitVideo(1);

                // One request may have been on its way; after it there is silence. Counted where they are made: how late one
                // is heard of is for NATS.
                double most = keyframeRequests("sent") + 1;
                assertThat(Await.holdsFor(TEN_INTERVALS, () -> keyframeRequests("sent") <= most)).isTrue();
            }
        }
    }

    @Test
    void aRequestGoesToEverySubjectOfTheList() {
        startConnectedServer(Map.of("SDR_IDR_SUBJECT", "command.genesis.force_idr, control.request_idr"));
        try (NatsClient old = NatsClient.connect(nats); NatsClient present = NatsClient.connect(nats)) {
            old.subscribe("command.genesis.force_idr");
            present.subscribe("control.request_idr");
            RegionWriter writer = RegionWriter.open(region.path());
            server.http().awaitAttached();
            try (WsRecorder client = WsRecorder.connect(server)) {
                assertThat(awaitRequest(old, 0)).containsEntry("reason", "join");
                assertThat(awaitRequest(present, 0)).containsEntry("reason", "join");
                assertThat(client.closeCode()).isEmpty();
                // After this there are no more, and each has been one request, however many subjects.
                writer.keyframe(100);
                client.awaitVideo(1);
                Await.told("requests counted, heard on the one subject, and on the other", true, () ->
                        keyframeRequests("sent") == old.messages().size() && old.messages().size() == present.messages().size());
            }
        }
    }

    private double keyframeRequests(String result) {
        return server.http().metrics().samples()
                .getOrDefault("sdr_keyframe_requests_total{result=\"" + result + "\",}", 0.0);
    }

    @Test
    void whatNatsDeniesIsNamedAndADeniedRequestHasFailed() {
        nats.kill();
        nats = opened.add(NatsProcess.start("authorization { users: [ { user: robot, password: s3cret, permissions: {"
                + " publish: { allow: [\"nothing\"] }, subscribe: { allow: [\"telemetry.gps\"] } } },"
                + " { user: it, password: it } ] }\nno_auth_user: it\n"));
        startServer(Map.of("SDR_NATS_URL", nats.url("nats", "robot:s3cret@").toString(),
                "SDR_TELEMETRY_SUBJECTS", "telemetry.>,telemetry.gps", "SDR_IDR_COALESCE_MS", "200"));
        server.http().awaitNats("connected");
        RegionWriter writer = RegionWriter.open(region.path());
        server.http().awaitAttached();
        try (WsRecorder client = WsRecorder.connect(server); NatsClient publisher = NatsClient.connect(nats)) {
            // A frame that cannot be shown alone.
            writer.delta(100);
            Await.until("requests have failed", Deadlines.SOON, () -> keyframeRequests("failed") >= 2);
            assertThat(keyframeRequests("sent")).isZero();
            assertThat(server.http().json("/health")).containsEntry("nats", "connected");
            List<?> denied = Await.value("two are denied", Deadlines.SOON, () ->
                    Optional.of((List<?>) server.http().json("/health").get("nats_denied")).filter(list -> list.size() == 2));
            assertThat(denied).allSatisfy(each -> assertThat(((Map<?, ?>) each).get("since").toString())
                    .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ"));
            assertThat(denied.toString()).contains("operation=subscribe", "subject=telemetry.>", "operation=publish",
                    "subject=control.request_idr");
            assertThat(server.http().metrics().sum("sdr_nats_denied")).isEqualTo(2);
            assertRelays(client, "telemetry.gps");
            assertThat(publisher.messages()).isEmpty();
        }
    }

    @Test
    void aServerThatStoodStillIsToldThatItWasCutOff() {
        nats.kill();
        nats = opened.add(NatsProcess.start("write_deadline: \"500ms\"\n"));
        startConnectedServer(Map.of());
        assertThat(server.http().metrics().sum("sdr_nats_slow_consumer_cuts_total")).isZero();
        server.process().signal("-STOP");
        try (NatsClient publisher = NatsClient.connect(nats)) {
            byte[] payload = new byte[60_000];
            // How much the kernels take differs.
            Await.until("nats-server has cut it off", Deadlines.SOON, () -> {
                publisher.publish("telemetry.map", payload);
                return !nats.hasSubscription("telemetry.>");
            });
            assertThat(Await.holdsFor(Duration.ofSeconds(2), () -> true)).isTrue();
        } finally {
            server.process().signal("-CONT");
        }
        Await.until("it says so", Deadlines.SOON,
                () -> server.http().metrics().sum("sdr_nats_slow_consumer_cuts_total") == 1);
        server.process().awaitLine(Pattern.compile("slow consumer"), Deadlines.SOON);
        awaitConnected("telemetry.>");
    }

    @Test
    void newcomersAreNotToldOldAnswersToCommands() {
        startConnectedServer(Map.of("SDR_TELEMETRY_SUBJECTS", "telemetry.>,command.>",
                "SDR_TELEMETRY_CACHE_EXCLUDE", "command.>,telemetry.safety.>"));
        try (NatsClient publisher = NatsClient.connect(nats); WsRecorder early = WsRecorder.connect(server)) {
            server.http().awaitClients(1);
            publisher.publish("command.genesis.ack", "1");
            publisher.publish("telemetry.safety.estop", "2");
            publisher.publish("telemetry.state", "3");
            early.awaitTelemetry("command.genesis.ack");
            early.awaitTelemetry("telemetry.safety.estop");
            early.awaitTelemetry("telemetry.state");

            try (WsRecorder late = WsRecorder.connect(server)) {
                late.awaitTelemetry("telemetry.state");
                publisher.publish("telemetry.live", "4");
                late.awaitTelemetry("telemetry.live");
                assertThat(late.telemetry()).extracting(TelemetrySample::subject)
                        .containsExactly("telemetry.state", "telemetry.live");
            }
        }
    }

    private static Map<String, Object> awaitRequest(NatsClient control, int index) {
        return Await.value("keyframe request " + index, Deadlines.SOON,
                () -> control.messages().stream().skip(index).findFirst().map(NatsIT::request));
    }

    private static Map<String, Object> request(NatsClient.Message message) {
        return new Json().toType(message.text(), Json.MAP_TYPE);
    }
}

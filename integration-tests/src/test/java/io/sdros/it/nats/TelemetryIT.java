package io.sdros.it.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.NatsClient;
import io.sdros.it.support.NatsProcess;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RawStream;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TelemetrySample;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.WsRecorder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What telemetry may look like, who gets how much of it, and how it gets past video. */
final class TelemetryIT {

    private static final int SUBJECT_BYTES = 256;
    private static final int QUEUE = 256;
    /** How many subjects the metrics name; the others are counted together. */
    private static final int NAMED_SUBJECTS = 100;

    /** The kernel's smallest: what a blocked client has in flight is then hardly more than what it reads at once. */
    private static final int SMALL_BUFFER = 4_096;
    private static final int LARGE_FRAME = 1_000_000;
    private static final Map<String, String> EASILY_BLOCKED =
            Map.of("SDR_SOCKET_SEND_BUFFER", Integer.toString(SMALL_BUFFER), "SDR_MAX_LATENCY_MS", "0");

    @RegisterExtension
    final OpenResources opened = new OpenResources();
    private TempRegion region;
    private NatsProcess nats;
    private NatsClient publisher;
    private ServerProcess server;

    @BeforeEach
    void startNats() {
        region = opened.add(TempRegion.create());
        nats = opened.add(NatsProcess.start());
        publisher = opened.add(NatsClient.connect(nats));
    }

    private void startServer(Map<String, String> settings) {
        server = opened.add(ServerProcess.builder().region(region).set("SDR_NATS_URL", nats.url()).set(settings).start());
        server.http().awaitNats("connected");
    }

    private void awaitReceived(int messages) {
        Await.until(messages + " telemetry messages at the server", Deadlines.SOON,
                () -> server.http().metrics().sum("sdr_telemetry_received_total") == messages);
    }

    private List<String> subjects(WsRecorder client) {
        return client.telemetry().stream().map(TelemetrySample::subject).toList();
    }

    @Test
    void aSubjectMayBeAnythingUpTo256BytesOfUtf8() {
        startServer(Map.of());
        String longest = "telemetry." + "é".repeat((SUBJECT_BYTES - "telemetry.".length()) / 2);
        assertThat(longest.getBytes(StandardCharsets.UTF_8)).hasSize(SUBJECT_BYTES);
        try (WsRecorder client = WsRecorder.connect(server)) {
            server.http().awaitClients(1);
            publisher.publish(longest + "x", "257 bytes, and fewer characters than 256");
            publisher.publish(longest, "256 bytes");
            publisher.publish("telemetry.温度.🛰", "UTF-8");

            client.awaitTelemetry("telemetry.温度.🛰");
            assertThat(subjects(client)).containsExactly(longest, "telemetry.温度.🛰");
            byte[] message = client.messages().get(0).bytes();
            assertThat(message).startsWith(0x02, 0x00, 0x01).hasSize(3 + SUBJECT_BYTES + "256 bytes".length());
            assertThat(server.http().metrics().samples()).hasEntrySatisfying(
                    "sdr_telemetry_dropped_total{reason=\"subject_too_long\",subject=\"other\",}",
                    dropped -> assertThat(dropped).isEqualTo(1));
        }
    }

    @Test
    void theFiltersAreAllThatGetsThrough() {
        startServer(Map.of("SDR_TELEMETRY_SUBJECTS", "robot.*.pose, robot.1.>, battery"));
        try (WsRecorder client = WsRecorder.connect(server)) {
            server.http().awaitClients(1);
            for (String subject : List.of("robot.2.battery", "battery.low", "robot.1", "robot.1.pose", "robot.2.pose",
                    "robot.1.arm.joint", "batter", "battery")) {
                publisher.publish(subject, "x");
            }
            client.awaitTelemetry("battery");
            assertThat(subjects(client)).containsExactly("robot.1.pose", "robot.2.pose", "robot.1.arm.joint", "battery");
        }
    }

    @Test
    void theLargestPayloadPassesAndOneByteMoreDoesNot() {
        startServer(Map.of());
        try (WsRecorder client = WsRecorder.connect(server)) {
            server.http().awaitClients(1);
            publisher.publish("telemetry.a", new byte[65_537]);
            publisher.publish("telemetry.b", new byte[65_536]);
            assertThat(client.awaitTelemetry("telemetry.b").payload()).hasSize(65_536);
            assertThat(subjects(client)).containsExactly("telemetry.b");
            assertThat(server.http().metrics().samples()).containsEntry(
                    "sdr_telemetry_dropped_total{reason=\"payload_too_large\",subject=\"telemetry.a\",}", 1.0);
        }
    }

    @Test
    void aNewClientGetsOnlyAsManySubjectsAsAreKept() {
        startServer(Map.of("SDR_TELEMETRY_CACHE_SUBJECTS", "3"));
        IntStream.rangeClosed(1, 5).forEach(i -> publisher.publish("telemetry." + i, "first"));
        publisher.publish("telemetry.3", "second");
        awaitReceived(6);
        try (WsRecorder client = WsRecorder.connect(server)) {
            server.http().awaitClients(1);
            publisher.publish("telemetry.live", "x");
            client.awaitTelemetry("telemetry.live");
            assertThat(subjects(client)).containsExactly("telemetry.4", "telemetry.5", "telemetry.3", "telemetry.live");
        }
    }

    @Test
    void theMetricsNameABoundedNumberOfSubjects() {
        startServer(Map.of());
        IntStream.range(0, NAMED_SUBJECTS + 50).forEach(i ->
                publisher.publishUnconfirmed("telemetry." + i, new byte[0]));
        awaitReceived(NAMED_SUBJECTS + 50);
        Map<String, Double> samples = server.http().metrics().samples();
        assertThat(samples.keySet()).filteredOn(name -> name.startsWith("sdr_telemetry_received_total{"))
                .hasSize(NAMED_SUBJECTS + 1);
        assertThat(samples).containsEntry("sdr_telemetry_received_total{subject=\"other\",}", 50.0);
    }

    @Test
    void telemetryOvertakesQueuedVideo() {
        startServer(EASILY_BLOCKED);
        RegionWriter writer = RegionWriter.open(region.path());
        try (RawStream client = RawStream.connect(server, SMALL_BUFFER)) {
            server.http().awaitAttached();
            writeFrames(writer, 10);
            publisher.publish("telemetry.urgent", "now");
            awaitReceived(1);

            assertThat(client.take().frame().frameSeq()).as("the one in flight").isEqualTo(1);
            assertThat(client.take().telemetry().subject()).isEqualTo("telemetry.urgent");
            for (int sequence = 2; sequence <= 10; sequence++) {
                assertThat(client.take().frame().frameSeq()).isEqualTo(sequence);
            }
        }
    }

    @Test
    void aClientThatDoesNotReadLosesItsOldestTelemetryAndNobodyElseDoes() {
        startServer(EASILY_BLOCKED);
        RegionWriter writer = RegionWriter.open(region.path());
        try (RawStream slow = RawStream.connect(server, SMALL_BUFFER); WsRecorder other = WsRecorder.connect(server)) {
            server.http().awaitAttached();
            server.http().awaitClients(2);
            writeFrames(writer, 1);
            other.awaitVideo(1);
            int sent = QUEUE + 50;
            for (int i = 1; i <= sent; i++) {
                publisher.publishUnconfirmed("telemetry.level", Integer.toString(i).getBytes(StandardCharsets.US_ASCII));
                if (i % 50 == 0 || i == sent) { // well before the other's queue is full, and long before the slow one is cut
                    int count = i;
                    Await.until("message " + i, Deadlines.SOON, () -> other.telemetry().size() == count);
                }
            }

            assertThat(slow.take().video()).isTrue();
            for (int i = sent - QUEUE + 1; i <= sent; i++) {
                assertThat(slow.take().telemetry().text()).isEqualTo(Integer.toString(i));
            }
            assertThat(server.http().metrics().samples()).containsEntry(
                    "sdr_telemetry_dropped_total{reason=\"queue_overflow\",subject=\"telemetry.level\",}",
                    (double) (sent - QUEUE));
        }
    }

    private void writeFrames(RegionWriter writer, int count) {
        for (int i = 0; i < count; i++) {
            writer.keyframe(LARGE_FRAME);
            server.http().awaitFramesRead(writer.sequence());
        }
    }
}

package io.sdros.telemetry.nats;

import static io.sdros.telemetry.nats.NatsDenial.Operation.PUBLISH;
import static io.sdros.telemetry.nats.NatsDenial.Operation.SUBSCRIBE;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real server that takes permissions away and gives them back while the relay is connected. */
@Tag("tools")
class NatsPermissionsTest {
    private static final String REQUESTS = "control.request_idr";
    private static final String ALL = "[\"telemetry.>\", \"telemetry.gps\"]";
    private static final String GPS_ONLY = "[\"telemetry.gps\"]";
    private static final byte[] PAYLOAD = {1};

    @TempDir
    Path folder;

    private final Recorder recorder = new Recorder();
    private NatsServer server;
    private TestClient producer;

    private static String permissions(String subscribe, String publish) {
        return "authorization { users: [ { user: anna, password: s3cret, permissions: { subscribe: { allow: " + subscribe
                + " }, publish: { allow: " + publish + " } } }, { user: root, password: root } ] }\n";
    }

    private static String may(String subscribe) {
        return permissions(subscribe, "[\"" + REQUESTS + "\"]");
    }

    private static String mayPublish(String subject) {
        return permissions(ALL, "[\"" + subject + "\"]");
    }

    @BeforeEach
    void startServer() {
        server = NatsServer.running(folder, may(ALL));
        producer = new TestClient("nats://root:root@" + server.address());
    }

    @AfterEach
    void stopServer() {
        producer.close();
        server.close();
    }

    private NatsRelay connected(Duration denialRetry) {
        NatsRelay relay = NatsRelay.builder("nats://anna:s3cret@" + server.address()).denialRetry(denialRetry)
                .subjects(List.of("telemetry.>", "telemetry.gps")).listener(recorder).build();
        relay.start();
        Eventually.await("connected", relay::connected);
        return relay;
    }

    private NatsRelay connected() {
        return connected(Duration.ofMillis(200));
    }

    private void awaitDenied(NatsRelay relay, String... subjects) {
        Eventually.await("denied: " + List.of(subjects),
                () -> relay.denials().stream().map(NatsDenial::subject).toList().equals(List.of(subjects)));
    }

    /** Publishes it and something after it that comes through; returns how often it came. */
    private long copiesOf(String subject, String passing) {
        long before = recorder.subjects().stream().filter(passing::equals).count();
        producer.publish(subject, PAYLOAD);
        producer.publish(passing, PAYLOAD);
        Eventually.await(passing, () -> recorder.subjects().stream().filter(passing::equals).count() > before);
        return recorder.subjects().stream().filter(subject::equals).count();
    }

    @Test
    void whatOneOfTwoOverlappingFiltersStillAllowsGoesOn() {
        try (NatsRelay relay = connected()) {
            server.reload(may(GPS_ONLY));
            awaitDenied(relay, "telemetry.>");
            assertThat(copiesOf("telemetry.imu", "telemetry.gps")).isZero();
            assertThat(recorder.subjects()).containsExactly("telemetry.gps");
            assertThat(relay.statistics().connects()).isEqualTo(1);
            assertThat(relay.connected()).isTrue();
        }
    }

    @Test
    void whatIsGivenBackIsUsedAgainOnTheSameConnection() {
        try (CapturedLog log = new CapturedLog(); NatsRelay relay = connected()) {
            server.reload(may(GPS_ONLY));
            awaitDenied(relay, "telemetry.>");
            // Denied several times more, and not a word about it.
            Eventually.await("tried again", () -> relay.statistics().refusals().get(SUBSCRIBE) > 3);
            server.reload(may(ALL));
            awaitDenied(relay);
            assertThat(copiesOf("telemetry.imu", "telemetry.gps")).isEqualTo(1);
            assertThat(recorder.subjects()).containsExactly("telemetry.imu", "telemetry.gps");

            server.reload(may("[\"telemetry.>\"]"));
            awaitDenied(relay);
            assertThat(copiesOf("telemetry.gps", "telemetry.imu")).as("whichever filter it comes through").isEqualTo(2);
            assertThat(relay.statistics().connects()).isEqualTo(1);
            assertThat(log.lines("NATS does not allow to subscribe to telemetry.>; it is tried again every 0.2 s")).isEqualTo(1);
            assertThat(log.lines("NATS allows to subscribe to telemetry.> again")).isEqualTo(1);
        }
    }

    @Test
    void namesWhatIsDeniedAndSinceWhen() {
        Instant before = Instant.now();
        server.restart(may(GPS_ONLY));
        producer.close();
        producer = new TestClient("nats://root:root@" + server.address());
        try (NatsRelay relay = connected(Duration.ofHours(1))) {
            // Known by the time it is connected.
            assertThat(relay.denials()).singleElement().satisfies(denial -> {
                assertThat(denial.operation()).isEqualTo(SUBSCRIBE);
                assertThat(denial.subject()).isEqualTo("telemetry.>");
                assertThat(denial.since()).isBetween(before, Instant.now());
            });
            Instant since = relay.denials().get(0).since();
            server.restart(may(GPS_ONLY));
            Eventually.await("another connection", () -> relay.statistics().connects() == 2);
            assertThat(relay.denials()).extracting(NatsDenial::since).as("still the same denial").containsExactly(since);
            server.restart(may(ALL));
            Eventually.await("a third", () -> relay.statistics().connects() == 3);
            assertThat(relay.denials()).isEmpty();
        }
    }

    @Test
    void aDeniedMessageIsNotSent() {
        server.reload(mayPublish("something.else"));
        try (NatsRelay relay = connected(Duration.ofHours(1))) {
            awaitFate(relay, PAYLOAD, false);
            awaitDenied(relay, REQUESTS);
            assertThat(relay.denials().get(0).operation()).isEqualTo(PUBLISH);
            assertThat(relay.publish(REQUESTS, PAYLOAD)).as("refused at once meanwhile").isFalse();
            assertThat(relay.publish("something.else", PAYLOAD)).isTrue();
            assertThat(relay.statistics().refusals()).containsEntry(PUBLISH, 1L);
        }
    }

    @Test
    void aMessageThatIsAllowedAgainIsSentOnTheSameConnection() {
        List<Byte> requests = new CopyOnWriteArrayList<>();
        producer.subscribe(REQUESTS, (subject, payload) -> requests.add(payload[0]));
        server.reload(mayPublish("something.else"));
        try (NatsRelay relay = connected()) {
            awaitFate(relay, PAYLOAD, false);
            awaitDenied(relay, REQUESTS);

            server.reload(mayPublish(REQUESTS));
            awaitFate(relay, new byte[] {2}, true);
            Eventually.await("the message", () -> requests.contains((byte) 2));
            assertThat(relay.denials()).isEmpty();
            assertThat(relay.statistics().connects()).isEqualTo(1);
        }
    }

    /** Goes on publishing until one message has ended so. */
    private static void awaitFate(NatsRelay relay, byte[] payload, boolean taken) {
        List<Boolean> fates = new CopyOnWriteArrayList<>();
        Eventually.await("a message that is " + (taken ? "taken" : "refused"), () -> {
            int before = fates.size();
            if (relay.publish(REQUESTS, payload, fates::add)) {
                Eventually.await("its fate", () -> fates.size() > before);
            }
            return fates.contains(taken);
        });
    }

    @Test
    void aMessageWhoseFateNobodyKnowsHasNotBeenTaken() {
        List<Boolean> fates = new CopyOnWriteArrayList<>();
        try (NatsRelay relay = connected()) {
            server.freeze();
            assertThat(relay.publish(REQUESTS, PAYLOAD, fates::add)).isTrue();
            Eventually.await("the loss", () -> !relay.connected());
            Eventually.await("its fate", () -> fates.equals(List.of(false)));
            server.thaw();
        }
    }
}

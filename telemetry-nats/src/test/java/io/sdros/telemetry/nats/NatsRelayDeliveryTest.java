package io.sdros.telemetry.nats;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What gets through a connected relay, and in what shape. */
@Tag("tools")
class NatsRelayDeliveryTest {
    private static final String END = "telemetry.end";

    @TempDir
    Path folder;

    private final Recorder recorder = new Recorder();
    private NatsServer server;
    private TestClient producer;

    @BeforeEach
    void start() {
        server = NatsServer.running(folder);
        producer = new TestClient(server.url());
    }

    @AfterEach
    void stop() {
        producer.close();
        server.close();
    }

    @Test
    void relaysOnceWhatSeveralFiltersMatchAndNothingElse() {
        List<String> filters = List.of("telemetry.gps.>", "telemetry.*.fix", "telemetry.>", "other", "telemetry.>", "*.gps.fix");
        List<String> expected = new ArrayList<>();
        try (NatsRelay relay = connected(filters)) {
            for (int round = 0; round < 200; round++) {
                for (String subject : List.of("telemetry.gps.fix", "telemetry.imu.fix", "telemetry.imu", "other")) {
                    producer.publish(subject, new byte[] {(byte) round});
                    expected.add(subject);
                }
                producer.publish("other.not", new byte[0]);
                producer.publish("telemetry", new byte[0]);
            }
            sendEnd();
            expected.add(END);
            assertThat(recorder.subjects()).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(recorder.overlapped).isFalse();
            assertThat(relay.statistics().received()).isEqualTo(expected.size());
        }
    }

    @Test
    void leavesPayloadsAsTheyAreUpToTheLimit() {
        byte[] everyByte = new byte[256];
        for (int i = 0; i < everyByte.length; i++) {
            everyByte[i] = (byte) i;
        }
        byte[] largest = new byte[65_536];
        largest[65_535] = 42;
        try (NatsRelay relay = connected(List.of("telemetry.>"))) {
            producer.publish("telemetry.bytes", everyByte);
            producer.publish("telemetry.empty", new byte[0]);
            producer.publish("telemetry.largest", largest);
            producer.publish("telemetry.larger", new byte[65_537]);
            producer.publish("telemetry.huge", new byte[1_000_000]);
            producer.publishWithHeaders("telemetry.headers", everyByte);
            sendEnd();
            assertThat(recorder.subjects()).containsExactly("telemetry.bytes", "telemetry.empty", "telemetry.largest",
                    "telemetry.headers", END);
            assertThat(recorder.received.get(0).payload()).isEqualTo(everyByte);
            assertThat(recorder.received.get(2).payload()).isEqualTo(largest);
            assertThat(recorder.received.get(3).payload()).isEqualTo(everyByte);
            assertThat(recorder.dropped).extracting(Recorder.Dropped::subject)
                    .containsExactly("telemetry.larger", "telemetry.huge");
            assertThat(relay.statistics().dropped()).containsEntry(DropReason.PAYLOAD_TOO_LARGE, 2L);
        }
    }

    @Test
    void takesSubjectsOf256BytesOfUtf8AndNoLongerOnes() {
        String longest = "telemetry.größe.温度." + "x".repeat(256 - "telemetry.größe.温度.".getBytes(StandardCharsets.UTF_8).length);
        try (NatsRelay relay = connected(List.of("telemetry.>"))) {
            producer.publish(longest, new byte[0]);
            producer.publish(longest + "x", new byte[0]);
            producer.publish("telemetry." + "é".repeat(2_000), new byte[0]);
            sendEnd();
            assertThat(recorder.subjects()).containsExactly(longest, END);
            assertThat(relay.statistics().dropped()).containsEntry(DropReason.SUBJECT_TOO_LONG, 2L);
            assertThat(relay.statistics().connects()).isEqualTo(1);
        }
    }

    @Test
    void dropsAndCountsWhatASlowListenerDoesNotTake() {
        CountDownLatch leave = new CountDownLatch(1);
        Recorder slow = new Recorder() {
            @Override
            public void onTelemetry(String subject, byte[] payload) {
                await(leave);
                super.onTelemetry(subject, payload);
            }
        };
        try (CapturedLog log = new CapturedLog(); NatsRelay relay = NatsRelay.builder(server.url())
                .subjects(List.of("telemetry.>")).pendingLimits(10, 1_000_000).listener(slow).build()) {
            relay.start();
            Eventually.await("connected", relay::connected);
            for (int i = 0; i < 100; i++) {
                producer.publish("telemetry.count", new byte[] {(byte) i});
            }
            producer.flush();
            Eventually.await("drops", () -> slowDrops(relay) >= 89);
            leave.countDown();
            Eventually.await("the rest", () -> slow.received.size() + slowDrops(relay) == 100);
            assertThat(slow.received).hasSizeBetween(10, 11);
            assertThat(slow.received.get(0).payload()).containsExactly(0);
            Eventually.await("one line about it", () -> log.lines("faster than it is taken") == 1);

            producer.publish("telemetry.after", new byte[0]);
            Eventually.await("a message after it", () -> slow.subjects().contains("telemetry.after"));
            long drops = slowDrops(relay);
            server.restart("");
            Eventually.await("another connection", () -> relay.statistics().connects() == 2);
            assertThat(slowDrops(relay)).isEqualTo(drops);
        }
    }

    @Test
    void goesOnAfterAListenerThrew() {
        AtomicBoolean broken = new AtomicBoolean(true);
        try (NatsRelay relay = NatsRelay.builder(server.url()).subjects(List.of("telemetry.>")).listener((subject, payload) -> {
            if (broken.getAndSet(false)) {
                throw new AssertionError("broken on purpose");
            }
            recorder.onTelemetry(subject, payload);
        }).build()) {
            relay.start();
            Eventually.await("connected", relay::connected);
            producer.publish("telemetry.first", new byte[0]);
            sendEnd();
            assertThat(recorder.subjects()).containsExactly(END);
            assertThat(relay.statistics().listenerFailures()).isEqualTo(1);
        }
    }

    @Test
    void interruptsNoListenerWhenTheConnectionIsLost() {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        Recorder patient = new Recorder() {
            @Override
            public void onTelemetry(String subject, byte[] payload) {
                inside.countDown();
                await(leave);
                super.onTelemetry(subject, payload);
            }
        };
        try (NatsRelay relay = NatsRelay.builder(server.url()).subjects(List.of("telemetry.>")).listener(patient).build()) {
            relay.start();
            Eventually.await("connected", relay::connected);
            producer.publish("telemetry.first", new byte[0]);
            await(inside);
            server.restart("");
            Eventually.await("another connection", () -> relay.statistics().connects() == 2);
            try (TestClient later = new TestClient(server.url())) {
                later.publish("telemetry.second", new byte[0]);
            }
            assertThat(patient.received).isEmpty();
            leave.countDown();
            Eventually.await("both", () -> patient.subjects().equals(List.of("telemetry.first", "telemetry.second")));
            assertThat(patient.overlapped).isFalse();
        }
    }

    @Test
    void listensToControlSubjectsAddedAtAnyTime() {
        List<byte[]> before = new ArrayList<>();
        List<byte[]> after = new ArrayList<>();
        try (NatsRelay relay = NatsRelay.builder(server.url()).subjects(List.of(END)).listener(recorder).build()) {
            relay.listen("control.before", before::add);
            relay.start();
            Eventually.await("connected", relay::connected);
            relay.listen("control.after", after::add);
            relay.publish("control.before", new byte[] {1});
            relay.publish("control.after", new byte[] {2});
            relay.publish(END, new byte[0]);
            // All three go through one connection both ways, in order, and to one thread.
            Eventually.await("the end", () -> recorder.subjects().contains(END));
            assertThat(before).containsExactly(new byte[] {1});
            assertThat(after).containsExactly(new byte[] {2});
        }
    }

    private NatsRelay connected(List<String> filters) {
        NatsRelay relay = NatsRelay.builder(server.url()).subjects(filters).listener(recorder).build();
        relay.start();
        Eventually.await("connected", relay::connected);
        return relay;
    }

    private void sendEnd() {
        producer.publish(END, new byte[0]);
        Eventually.await("the end", () -> recorder.subjects().contains(END));
    }

    private static long slowDrops(NatsRelay relay) {
        return relay.statistics().dropped().get(DropReason.SLOW_CONSUMER);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}

package io.sdros.telemetry.nats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeliveryTest {
    private final RelayCounters counters = new RelayCounters();
    private final Recorder recorder = new Recorder();
    private final Delivery delivery = new Delivery(recorder, 10, counters);

    @ParameterizedTest
    @CsvSource({"a,256,true", "a,257,false", "é,128,true", "é,129,false", "温,85,true", "温,86,false", "😀,64,true", "😀,65,false"})
    void countsTheBytesOfSubjects(String character, int repeated, boolean passes) {
        String subject = character.repeat(repeated);
        delivery.telemetry(subject, new byte[0]);

        assertThat(recorder.subjects()).isEqualTo(passes ? List.of(subject) : List.of());
        assertThat(recorder.dropped).isEqualTo(passes
                ? List.of() : List.of(new Recorder.Dropped(subject, DropReason.SUBJECT_TOO_LONG)));
        assertThat(statistics().dropped().get(DropReason.SUBJECT_TOO_LONG)).isEqualTo(passes ? 0 : 1);
    }

    @Test
    void countsTheBytesOfPayloads() {
        delivery.telemetry("ten", new byte[10]);
        delivery.telemetry("eleven", new byte[11]);

        assertThat(recorder.subjects()).containsExactly("ten");
        assertThat(recorder.dropped).containsExactly(new Recorder.Dropped("eleven", DropReason.PAYLOAD_TOO_LARGE));
        assertThat(statistics().received()).isEqualTo(2);
        assertThat(statistics().dropped()).containsEntry(DropReason.PAYLOAD_TOO_LARGE, 1L)
                .containsEntry(DropReason.SUBJECT_TOO_LONG, 0L).containsEntry(DropReason.SLOW_CONSUMER, 0L);
    }

    @Test
    void survivesAListenerThatThrowsAndLogsTheFirstOfARowOnly() {
        AtomicBoolean broken = new AtomicBoolean(true);
        Delivery fragile = new Delivery((subject, payload) -> {
            if (broken.get()) {
                throw new IllegalStateException("broken on purpose");
            }
            recorder.onTelemetry(subject, payload);
        }, 10, counters);
        try (CapturedLog log = new CapturedLog()) {
            fragile.telemetry("a", new byte[0]);
            fragile.telemetry("b", new byte[0]);
            broken.set(false);
            fragile.telemetry("c", new byte[0]);
            assertThat(log.lines("A telemetry listener failed")).isEqualTo(1);
        }
        assertThat(recorder.subjects()).containsExactly("c");
        assertThat(statistics().listenerFailures()).isEqualTo(2);
    }

    @Test
    void callsOneListenerAtATime() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        Thread first = new Thread(() -> delivery.control(payload -> {
            inside.countDown();
            await(leave);
        }, new byte[0]));
        first.start();
        await(inside);
        Thread second = new Thread(() -> delivery.telemetry("a", new byte[0]));
        second.start();
        Eventually.await("the second call waits", () -> second.getState() == Thread.State.WAITING);
        assertThat(recorder.received).isEmpty();

        leave.countDown();
        second.join();
        first.join();
        assertThat(recorder.subjects()).containsExactly("a");
    }

    @Test
    void deliversNothingOnceClosed() {
        delivery.close();
        delivery.telemetry("a", new byte[0]);
        assertThat(recorder.received).isEmpty();
    }

    private NatsStatistics statistics() {
        return counters.snapshot(false, 0, java.util.Map.of());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}

package io.sdros.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TelemetryCountersTest {

    private final TelemetryCounters counters = new TelemetryCounters();

    @Test
    void countsBySubjectAndReason() {
        counters.received("a");
        counters.received("a");
        counters.received("b");
        counters.dropped("a", "overflow");
        counters.dropped("c", "payload_too_large");

        assertThat(counters.receivedBySubject()).isEqualTo(Map.of("a", 2L, "b", 1L, "c", 0L));
        assertThat(counters.droppedByReasonAndSubject()).isEqualTo(Map.of("overflow", Map.of("a", 1L),
                "payload_too_large", Map.of("c", 1L)));
    }

    @Test
    void theHundredAndFirstSubjectIsOther() {
        for (int i = 0; i < 150; i++) {
            counters.received("subject." + i);
        }
        counters.received("subject.99");
        counters.dropped("subject.149", "overflow");

        assertThat(counters.receivedBySubject()).hasSize(101).containsEntry("subject.99", 2L).containsEntry("other", 50L);
        assertThat(counters.droppedByReasonAndSubject()).isEqualTo(Map.of("overflow", Map.of("other", 1L)));
    }

    @Test
    void overlongSubjectsAreOtherAndTakeNoPlace() {
        counters.dropped("ä".repeat(129), "subject_too_long");
        for (int i = 0; i < 100; i++) {
            counters.received("subject." + i);
        }

        assertThat(counters.receivedBySubject()).hasSize(101).containsEntry("subject.99", 1L).containsEntry("other", 0L);
    }

    @Test
    void manyThreadsLoseNothing() throws InterruptedException {
        int threads = 4;
        int perThread = 5000;
        CountDownLatch go = new CountDownLatch(1);
        Thread[] workers = IntStream.range(0, threads).mapToObj(worker -> new Thread(() -> {
            await(go);
            for (int i = 0; i < perThread; i++) {
                counters.received("subject." + i % 200);
                counters.dropped("subject." + i % 200, "overflow");
            }
        })).toArray(Thread[]::new);
        for (Thread worker : workers) {
            worker.start();
        }
        go.countDown();
        for (Thread worker : workers) {
            worker.join();
        }

        assertThat(counters.receivedBySubject()).hasSize(101);
        assertThat(counters.receivedBySubject().values().stream().mapToLong(Long::longValue).sum()).isEqualTo((long) threads * perThread);
        assertThat(counters.droppedByReasonAndSubject().get("overflow").values().stream().mapToLong(Long::longValue).sum())
            .isEqualTo((long) threads * perThread);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}

package io.sdros.telemetry.nats;

import static io.sdros.telemetry.nats.NatsDenial.Operation.PUBLISH;
import static io.sdros.telemetry.nats.NatsDenial.Operation.SUBSCRIBE;
import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.telemetry.nats.connection.LineBudget;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DenialsTest {
    private static final Duration RETRY = Duration.ofSeconds(30);
    private final AtomicLong clock = new AtomicLong();
    private final Denials denials = new Denials(RETRY, clock::get, new LineBudget(20, Duration.ofSeconds(15), clock::get));

    @Test
    void isTriedOncePerInterval() {
        assertThat(denials.mayTry(PUBLISH, "a")).isTrue();
        assertThat(denials.mayTry(PUBLISH, "a")).isTrue();
        denials.refused(PUBLISH, "a");
        assertThat(denials.mayTry(PUBLISH, "a")).isFalse();
        assertThat(denials.mayTry(SUBSCRIBE, "a")).as("another thing").isTrue();
        clock.addAndGet(RETRY.toNanos() - 1);
        assertThat(denials.mayTry(PUBLISH, "a")).isFalse();
        clock.addAndGet(1);
        assertThat(denials.mayTry(PUBLISH, "a")).isTrue();
        assertThat(denials.mayTry(PUBLISH, "a")).as("until that one is decided").isFalse();
        denials.allowed(PUBLISH, "a");
        assertThat(denials.mayTry(PUBLISH, "a")).isTrue();
    }

    @Test
    void anotherConnectionMayTryAtOnce() {
        denials.refused(PUBLISH, "a");
        denials.newConnection();
        assertThat(denials.current()).hasSize(1);
        assertThat(denials.mayTry(PUBLISH, "a")).isTrue();
    }

    @Test
    void listsAndCountsAndSaysEachOnce() {
        try (CapturedLog log = new CapturedLog()) {
            denials.refused(SUBSCRIBE, "telemetry.o'neill");
            denials.refused(SUBSCRIBE, "telemetry.o'neill");
            denials.refused(PUBLISH, "b");
            assertThat(denials.current()).extracting(NatsDenial::operation).containsExactly(SUBSCRIBE, PUBLISH);
            assertThat(denials.current()).extracting(NatsDenial::subject).containsExactly("telemetry.o'neill", "b");
            assertThat(denials.totals()).containsEntry(SUBSCRIBE, 2L).containsEntry(PUBLISH, 1L);
            assertThat(denials.refusals(SUBSCRIBE, "telemetry.oneill")).as("as servers name it").isEqualTo(2);
            denials.allowed(SUBSCRIBE, "telemetry.o'neill");
            denials.allowed(SUBSCRIBE, "telemetry.o'neill");
            assertThat(denials.current()).extracting(NatsDenial::subject).containsExactly("b");
            assertThat(log.lines("NATS does not allow to subscribe to telemetry.o'neill")).isEqualTo(1);
            assertThat(log.lines("NATS allows to subscribe to telemetry.o'neill again")).isEqualTo(1);
        }
    }

    @Test
    void remembersABoundedNumber() {
        for (int i = 0; i < 5_000; i++) {
            denials.refused(PUBLISH, "a." + i);
        }
        assertThat(denials.current()).hasSize(1_000);
        assertThat(denials.totals()).containsEntry(PUBLISH, 5_000L);
    }
}

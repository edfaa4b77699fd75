package io.sdros.telemetry.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.telemetry.nats.connection.ConnectionStatus;
import io.sdros.telemetry.nats.connection.LineBudget;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How many lines a state that changes is worth. */
class ConnectionStatusTest {
    private static final long SECOND = 1_000_000_000L;
    private final AtomicLong clock = new AtomicLong();
    private final Recorder recorder = new Recorder();
    private final ConnectionStatus status =
            new ConnectionStatus(TestSettings.of(List.of(), "status-test"), recorder::onState,
                    new LineBudget(20, Duration.ofSeconds(15), clock::get));

    private void flap(int seconds) {
        for (int i = 0; i < seconds; i++) {
            status.set(NatsState.CONNECTED, "there");
            status.catchUp();
            clock.addAndGet(SECOND / 2);
            status.set(NatsState.DISCONNECTED, "gone");
            status.catchUp();
            clock.addAndGet(SECOND / 2);
        }
    }

    @Test
    void fiveMinutesOfFlappingAreFewLinesAndTheListenerHearsAll() {
        try (CapturedLog log = new CapturedLog()) {
            flap(300);
            assertThat(log.lines("NATS ")).isBetween(21L, 40L);
        }
        assertThat(recorder.statuses).hasSize(600);
    }

    @Test
    void theStateItEndsInIsSaidWithHowManyWereNot() {
        try (CapturedLog log = new CapturedLog()) {
            flap(12);
            clock.addAndGet(SECOND);
            status.set(NatsState.CONNECTED, "for good");
            assertThat(log.lines("for good")).isZero();
            clock.addAndGet(15 * SECOND);
            status.catchUp();
            status.catchUp();
            assertThat(log.lines("NATS connected: for good (after 4 changes of state that were not logged)")).isEqualTo(1);
            clock.addAndGet(60 * SECOND);
            status.set(NatsState.DISCONNECTED, "once");
            assertThat(log.text()).endsWith("NATS disconnected: once; trying again until it works\n");
        }
    }

    @Test
    void theEndIsAlwaysSaid() {
        try (CapturedLog log = new CapturedLog()) {
            flap(12);
            status.set(NatsState.CLOSED, "");
            status.set(NatsState.CONNECTED, "too late");
            assertThat(log.lines("NATS closed")).isEqualTo(1);
            assertThat(log.lines("too late")).isZero();
        }
    }
}

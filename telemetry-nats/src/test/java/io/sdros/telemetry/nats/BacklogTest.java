package io.sdros.telemetry.nats;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BacklogTest {
    private static final long SECOND = 1_000_000_000L;
    private final Backlog backlog = new Backlog();

    @Test
    void isOverrunWhenAnswersComeLateAmongMessages() {
        backlog.observe(0, 100);
        assertThat(backlog.overrun()).isFalse();
        backlog.observe(2 * SECOND, 200);
        assertThat(backlog.overrun()).isTrue();
        assertThat(backlog).hasToString("2.0 s");
    }

    @Test
    void theRoundInWhichTheConnectionEndsMayBeShort() {
        backlog.observe(2 * SECOND, 100);
        backlog.observe(-SECOND / 2, 101);
        assertThat(backlog.overrun()).isTrue();
        backlog.observe(0, 102);
        assertThat(backlog.overrun()).isFalse();
    }

    @Test
    void aServerThatSendsNothingIsNotTooFast() {
        backlog.observe(0, 100);
        backlog.observe(3 * SECOND, 100);
        assertThat(backlog.overrun()).isFalse();
    }
}

package io.sdros.server.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LineLimitTest {

    private static final long START = Long.MAX_VALUE - 1; // the clock may pass its largest number

    private final LineLimit limit = new LineLimit(Duration.ofNanos(10));

    @Test
    void letsOneThroughPerIntervalAndSaysHowManyItHeldBack() {
        assertThat(limit.pass(START)).hasValue(0);
        assertThat(limit.pass(START)).isEmpty();
        assertThat(limit.pass(START + 9)).isEmpty();
        assertThat(limit.pass(START + 10)).hasValue(2);
        assertThat(limit.pass(START + 19)).isEmpty();
        assertThat(limit.pass(START + 100)).hasValue(1);
        assertThat(limit.pass(START + 110)).hasValue(0);
    }

    @Test
    void letsAsManyThroughPerIntervalAsItIsTold() {
        LineLimit three = new LineLimit(3, Duration.ofNanos(10));
        for (int i = 0; i < 3; i++) {
            assertThat(three.wouldPass(START + i)).isTrue();
            assertThat(three.pass(START + i)).hasValue(0);
        }
        assertThat(three.wouldPass(START + 9)).isFalse();
        assertThat(three.pass(START + 9)).isEmpty();
        assertThat(three.pass(START + 10)).as("counted from the first").hasValue(1);
        assertThat(three.pass(START + 10)).hasValue(0);
    }
}

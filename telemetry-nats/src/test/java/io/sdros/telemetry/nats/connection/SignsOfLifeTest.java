package io.sdros.telemetry.nats.connection;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SignsOfLifeTest {

    private static final SignsOfLife BEFORE = new SignsOfLife(7, 1_000, 0);

    @Test
    void somethingThatCameIsOne() {
        assertThat(BEFORE.since(BEFORE)).isFalse();
        assertThat(new SignsOfLife(8, 1_000, 0).since(BEFORE)).isTrue();
    }

    @Test
    void aBacklogThatGetsShorterIsOne() {
        SignsOfLife blocked = new SignsOfLife(7, 1_000, 400_000);
        assertThat(new SignsOfLife(7, 140_000, 261_000).since(blocked)).isTrue();
        assertThat(new SignsOfLife(7, 401_000, 0).since(blocked)).as("all of it was written just now").isTrue();
        assertThat(new SignsOfLife(7, 1_006, 399_994).since(blocked)).as("a ping's worth").isFalse();
        assertThat(blocked.since(blocked)).as("one that does not").isFalse();
    }

    @Test
    void whatTheKernelTookAtOnceIsNone() {
        assertThat(new SignsOfLife(7, 140_000, 0).since(BEFORE)).isFalse();
    }
}

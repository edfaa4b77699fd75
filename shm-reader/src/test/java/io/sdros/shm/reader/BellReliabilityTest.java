package io.sdros.shm.reader;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BellReliabilityTest {

    private static final long SECOND = 1_000_000_000;

    private final BellReliability reliability = new BellReliability();

    @BeforeEach
    void connect() {
        assertThat(reliability.dueToConnect(0)).isTrue();
        reliability.connected();
        assertThat(reliability.dueToConnect(0)).isFalse();
    }

    private void trusted() {
        for (int i = 0; i < BellReliability.RUNG_FRAMES; i++) {
            assertThat(reliability.trusted()).isFalse();
            assertThat(reliability.looked(true, true)).isTrue();
        }
        assertThat(reliability.trusted()).isTrue();
    }

    @Test
    void isTrustedOnceItHasRungForAFewFrames() {
        assertThat(reliability.looked(true, false)).as("committed before we came").isTrue();
        trusted();
    }

    @Test
    void oneThatNeverRingsIsLeftSoon() {
        for (int i = 1; i < BellReliability.MISSED_BEFORE_TRUST; i++) {
            assertThat(reliability.looked(true, false)).isTrue();
        }
        assertThat(reliability.looked(true, false)).isFalse();
        assertThat(reliability.trusted()).isFalse();
    }

    @Test
    void oneThatStopsRingingIsNotWaitedForLong() {
        trusted();
        assertThat(reliability.looked(true, false)).isTrue();
        assertThat(reliability.looked(true, false)).isTrue();
        assertThat(reliability.looked(true, true)).as("a ring in between").isTrue();
        assertThat(reliability.looked(true, false)).isTrue();
        assertThat(reliability.looked(true, false)).isTrue();
        assertThat(reliability.looked(true, false)).isFalse();
    }

    @Test
    void oneThatRingsForNothingIsLeft() {
        trusted();
        for (int i = 1; i < BellReliability.EMPTY_IN_A_ROW; i++) {
            assertThat(reliability.looked(false, true)).isTrue();
        }
        assertThat(reliability.looked(false, true)).isFalse();
    }

    @Test
    void looksWithoutAnythingMeanNothing() {
        trusted();
        for (int i = 0; i < 1_000; i++) {
            assertThat(reliability.looked(false, false)).isTrue();
        }
        assertThat(reliability.trusted()).isTrue();
    }

    @Test
    void isTriedAgainLaterEachTimeUntilOneIsTrusted() {
        long now = 7 * SECOND;
        long wait = BellReliability.FIRST_RETRY_NANOS;
        for (int i = 0; i < 20; i++) {
            reliability.failed(now);
            assertThat(reliability.dueToConnect(now + wait - 1)).isFalse();
            assertThat(reliability.dueToConnect(now + wait)).isTrue();
            wait = Math.min(2 * wait, 5 * SECOND);
        }
        reliability.connected();
        trusted();
        reliability.failed(now);
        assertThat(reliability.dueToConnect(now + BellReliability.FIRST_RETRY_NANOS)).isTrue();
    }

    @Test
    void aProducerThatStartsOverIsAskedAtOnce() {
        reliability.failed(0);
        reliability.failed(0);
        reliability.producerRestarted();
        assertThat(reliability.dueToConnect(0)).isTrue();
        reliability.connected();
        reliability.producerRestarted();
        assertThat(reliability.connectedTo()).isTrue();
    }
}

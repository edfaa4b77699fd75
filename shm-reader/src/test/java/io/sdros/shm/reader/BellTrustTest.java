package io.sdros.shm.reader;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BellTrustTest {

    private static final long SECOND = 1_000_000_000;

    private final BellTrust trust = new BellTrust();

    @BeforeEach
    void connect() {
        assertThat(trust.dueToConnect(0)).isTrue();
        trust.connected();
        assertThat(trust.dueToConnect(0)).isFalse();
    }

    private void trusted() {
        for (int i = 0; i < BellTrust.RUNG_FRAMES; i++) {
            assertThat(trust.trusted()).isFalse();
            assertThat(trust.looked(true, true)).isTrue();
        }
        assertThat(trust.trusted()).isTrue();
    }

    @Test
    void isTrustedOnceItHasRungForAFewFrames() {
        assertThat(trust.looked(true, false)).as("committed before we came").isTrue();
        trusted();
    }

    @Test
    void oneThatNeverRingsIsLeftSoon() {
        for (int i = 1; i < BellTrust.MISSED_BEFORE_TRUST; i++) {
            assertThat(trust.looked(true, false)).isTrue();
        }
        assertThat(trust.looked(true, false)).isFalse();
        assertThat(trust.trusted()).isFalse();
    }

    @Test
    void oneThatStopsRingingIsNotWaitedForLong() {
        trusted();
        assertThat(trust.looked(true, false)).isTrue();
        assertThat(trust.looked(true, false)).isTrue();
        assertThat(trust.looked(true, true)).as("a ring in between").isTrue();
        assertThat(trust.looked(true, false)).isTrue();
        assertThat(trust.looked(true, false)).isTrue();
        assertThat(trust.looked(true, false)).isFalse();
    }

    @Test
    void oneThatRingsForNothingIsLeft() {
        trusted();
        for (int i = 1; i < BellTrust.EMPTY_IN_A_ROW; i++) {
            assertThat(trust.looked(false, true)).isTrue();
        }
        assertThat(trust.looked(false, true)).isFalse();
    }

    @Test
    void looksWithoutAnythingMeanNothing() {
        trusted();
        for (int i = 0; i < 1_000; i++) {
            assertThat(trust.looked(false, false)).isTrue();
        }
        assertThat(trust.trusted()).isTrue();
    }

    @Test
    void isTriedAgainLaterEachTimeUntilOneIsTrusted() {
        long now = 7 * SECOND;
        long wait = BellTrust.FIRST_RETRY_NANOS;
        for (int i = 0; i < 20; i++) {
            trust.failed(now);
            assertThat(trust.dueToConnect(now + wait - 1)).isFalse();
            assertThat(trust.dueToConnect(now + wait)).isTrue();
            wait = Math.min(2 * wait, 5 * SECOND);
        }
        trust.connected();
        trusted();
        trust.failed(now);
        assertThat(trust.dueToConnect(now + BellTrust.FIRST_RETRY_NANOS)).isTrue();
    }

    @Test
    void aProducerThatStartsOverIsAskedAtOnce() {
        trust.failed(0);
        trust.failed(0);
        trust.hope();
        assertThat(trust.dueToConnect(0)).isTrue();
        trust.connected();
        trust.hope();
        assertThat(trust.connectedTo()).isTrue();
    }
}

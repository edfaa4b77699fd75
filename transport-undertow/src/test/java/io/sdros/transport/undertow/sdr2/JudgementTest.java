package io.sdros.transport.undertow.sdr2;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JudgementTest {

    private static final long MILLI = 1_000_000;
    private static final long ERROR_MICROS = 2_000;

    private final SentFrames sent = new SentFrames();

    private void send(long seq, long atMillis) {
        sent.begin(seq, 0, atMillis * MILLI, atMillis * MILLI, atMillis * MILLI, 0);
    }

    private Judgement judge(long receivedSeq, long receivedNanos, long displayedSeq, long displayedNanos, long nowMillis) {
        return Judgement.of(new FeedbackMessage(0, 0, 0, ERROR_MICROS, receivedSeq, receivedNanos, displayedSeq, displayedNanos, 0, 0, 0),
                sent, nowMillis * MILLI);
    }

    /** A client whose decoder failed gets the group again that it has, and goes on to speak of what it got before. */
    @Test
    void aFrameThatIsSentAgainHasNotComeBeforeThat() {
        send(7, 100);
        send(8, 133);
        send(7, 500);
        send(8, 500);
        Judgement before = judge(8, 170 * MILLI, 7, 180 * MILLI, 510);
        assertThat(before.received().index()).isEqualTo(1);
        assertThat(before.displayed().index()).isZero();
        Judgement between = judge(7, 540 * MILLI, 8, 510 * MILLI, 560);
        assertThat(between.received().index()).isEqualTo(2);
        assertThat(between.displayed().index()).as("the second has not come yet").isEqualTo(1);
        Judgement after = judge(8, 550 * MILLI, 8, 560 * MILLI, 570);
        assertThat(after.received().index()).isEqualTo(3);
        assertThat(after.displayed().index()).isEqualTo(3);
    }

    @Test
    void nothingComesBeforeItIsSent() {
        send(7, 100);
        assertThat(judge(7, 98 * MILLI, 0, 0, 200)).as("its clock may be wrong by that").isNotNull();
        assertThat(judge(7, 98 * MILLI - 1, 0, 0, 200)).isNull();
        assertThat(judge(7, 100 * MILLI, 7, 98 * MILLI - 1, 200)).isNull();
        assertThat(judge(7, 1, 7, 100 * MILLI, 200)).isNull();
        assertThat(judge(7, 100 * MILLI - (1L << 62), 0, 0, 200)).isNull();
        assertThat(judge(7, 200 * MILLI + Long.MIN_VALUE, 0, 0, 200)).isNull();
    }
}

package io.sdros.transport.undertow.sdr2;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SendWindowTest {

    private static final long MILLI = 1_000_000;
    private static final long WINDOW = 250 * MILLI;

    private final SentFrames sent = new SentFrames();
    private final SendWindow window = new SendWindow(sent, WINDOW);
    private long nowNanos = -5_000 * MILLI; // the clock may be below 0

    private void send(long seq) {
        sent.begin(seq, 0, nowNanos, nowNanos, nowNanos, seq * 1000);
        sent.handedOver(nowNanos);
    }

    private void passes(long millis) {
        nowNanos += millis * MILLI;
    }

    /** The client has received a frame just now. */
    private void received(long seq) {
        FeedbackMessage message = new FeedbackMessage(0, 0, 0, 0, seq, nowNanos, 0, 0, 0, 0, 0);
        window.feedback(Judgement.of(message, sent, nowNanos), nowNanos);
    }

    /** The client says so by a clock that is so much too slow, and knows that it may be. */
    private void receivedBySlowClock(long seq, long slowMillis) {
        FeedbackMessage message = new FeedbackMessage(0, 0, 0, slowMillis * 1000, seq, nowNanos - slowMillis * MILLI, 0, 0, 0, 0, 0);
        window.feedback(Judgement.of(message, sent, nowNanos), nowNanos);
    }

    private void nothingReceived() {
        window.feedback(Judgement.of(new FeedbackMessage(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), sent, nowNanos), nowNanos);
    }

    @Test
    void whoSendsNoFeedbackIsNotHeldBack() {
        for (int seq = 0; seq < 1000; seq++) {
            send(seq);
            passes(33);
        }
        assertThat(window.open(nowNanos)).isTrue();
    }

    @Test
    void silenceClosesItAndAWordOpensIt() {
        nothingReceived();
        passes(450);
        assertThat(window.open(nowNanos)).isTrue();
        passes(1);
        assertThat(window.open(nowNanos)).isFalse();
        nothingReceived();
        assertThat(window.open(nowNanos)).isTrue();
    }

    @Test
    void longWaysAreNotGrownDelay() {
        for (int seq = 0; seq < 100; seq++) {
            send(seq);
            passes(33);
            if (seq >= 12) {
                received(seq - 12); // 400 ms behind all the time
                assertThat(window.open(nowNanos)).as("frame " + seq).isTrue();
            }
        }
        assertThat(window.delayGrown()).isFalse();
    }

    @Test
    void grownDelayClosesItOnceTheOldestIsOlderThanTheWindow() {
        send(1);
        passes(10);
        received(1);
        send(2);
        passes(60);
        received(2);
        assertThat(window.delayGrown()).as("by 50 ms and no more").isFalse();
        send(3);
        passes(61);
        received(3);
        assertThat(window.delayGrown()).isTrue();
        assertThat(window.open(nowNanos)).as("nothing is on its way").isTrue();
        send(4);
        passes(200);
        send(5);
        nothingReceived();
        passes(50);
        assertThat(window.open(nowNanos)).isTrue();
        passes(1);
        assertThat(window.open(nowNanos)).isFalse();
        received(4);
        assertThat(window.open(nowNanos)).as("the next one is younger").isTrue();
        passes(199);
        nothingReceived();
        assertThat(window.open(nowNanos)).isTrue();
        passes(1);
        nothingReceived();
        assertThat(window.open(nowNanos)).isFalse();
        received(5);
        assertThat(window.open(nowNanos)).isTrue();
    }

    @Test
    void whatAClientLeavesOutWhileItIsPausedIsNotWaitedFor() {
        send(1);
        passes(10);
        received(1);
        send(2);
        passes(100);
        received(2);
        send(3);
        passes(5_000);
        nothingReceived();
        assertThat(window.open(nowNanos)).isFalse();
        window.resumed();
        assertThat(window.open(nowNanos)).isTrue();
        send(4);
        assertThat(window.open(nowNanos)).as("what was slow may be slow still").isTrue();
        passes(251);
        nothingReceived();
        assertThat(window.open(nowNanos)).isFalse();
        received(4);
        assertThat(window.open(nowNanos)).isTrue();
    }

    @Test
    void anOldWordChangesNothing() {
        send(1);
        passes(10);
        received(1);
        send(2);
        passes(10);
        received(2);
        passes(300);
        received(1);
        assertThat(window.delayGrown()).isFalse();
    }

    @Test
    void aClockThatGetsBetterIsNoGrownDelay() {
        for (int seq = 1; seq < 20; seq++) {
            send(seq);
            passes(100);
            receivedBySlowClock(seq, seq < 10 ? 80 : 2);
            assertThat(window.delayGrown()).as("frame %d", seq).isFalse();
        }
        send(20);
        passes(170);
        receivedBySlowClock(20, 2);
        assertThat(window.delayGrown()).as("but this is").isTrue();
    }

    @Test
    void aLittleBetterIsNoReasonToForget() {
        send(1);
        passes(100);
        receivedBySlowClock(1, 25);
        send(2);
        passes(130);
        receivedBySlowClock(2, 0);
        assertThat(window.leastDelayNanos()).isEqualTo(75 * MILLI);
    }

    @Test
    void theLeastDelayIsForgottenAfterHalfAMinuteOrSo() {
        send(1);
        passes(10);
        received(1);
        for (int seq = 2; seq < 60; seq++) {
            passes(1000 - 100);
            send(seq);
            passes(100);
            received(seq);
            if (seq < 30) {
                assertThat(window.delayGrown()).as("second " + seq).isTrue();
            }
        }
        assertThat(window.delayGrown()).as("that is how it is here now").isFalse();
    }
}

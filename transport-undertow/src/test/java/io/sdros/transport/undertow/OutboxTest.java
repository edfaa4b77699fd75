package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.transport.undertow.sdr2.ClockMessage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is put in comes out, whatever was found empty before. */
class OutboxTest {

    private static final byte[] PING = {1};
    private static final int QUESTIONS = 5_000;

    private final Outbox outbox = Outbox.ofSdr2(new StreamState());

    @Test
    void nothingIsThereUntilItIsPutIn() {
        assertThat(outbox.nextPongs()).isNull();
        assertThat(outbox.nextClock()).isNull();
    }

    @Test
    void whatIsPutInAfterItWasEmptyComesOut() {
        for (int i = 0; i < 3; i++) {
            outbox.clock(new ClockMessage(i, 0));
            assertThat(outbox.nextClock()).isEqualTo(new ClockMessage(i, 0));
            assertThat(outbox.nextClock()).isNull();
            outbox.pong(PING);
            assertThat(outbox.nextPongs()).isNotNull();
            assertThat(outbox.nextPongs()).isNull();
        }
    }

    @Test
    void aPongIsNotForgottenWhenThereIsNoClockMessage() {
        outbox.pong(PING);
        assertThat(outbox.nextClock()).isNull();
        assertThat(outbox.nextPongs()).isNotNull();
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    void nothingIsForgottenBetweenTwoThreads() throws InterruptedException {
        AtomicLong answered = new AtomicLong(-1);
        CountDownLatch ended = new CountDownLatch(1);
        Thread taking = new Thread(() -> {
            for (long taken = -1; taken < QUESTIONS - 1;) {
                ClockMessage next = outbox.nextClock();
                if (next != null) {
                    taken = next.clientTime();
                    answered.set(taken);
                } else {
                    Thread.yield();
                }
            }
            ended.countDown();
        }, "taking");
        taking.setDaemon(true);
        taking.start();
        for (long i = 0; i < QUESTIONS; i++) {
            outbox.clock(new ClockMessage(i, 0));
            while (answered.get() < i) {
                Thread.yield();
            }
        }
        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    }
}

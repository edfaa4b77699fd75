package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.transport.undertow.sdr2.ClockMessage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What is put in comes out, whatever was found empty before. */
class OutboxTest {

    private static final byte[] PING = {1};
    private static final int QUESTIONS = 5_000;
    /** A machine with other work lets two threads take turns but seldom: it has as many questions as fit into this. */
    private static final long ENOUGH_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long FORGOTTEN_NANOS = TimeUnit.SECONDS.toNanos(20);

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
    void nothingIsForgottenBetweenTwoThreads() {
        AtomicLong answered = new AtomicLong(-1);
        AtomicBoolean enough = new AtomicBoolean();
        Thread taking = new Thread(() -> {
            while (!enough.get()) {
                ClockMessage next = outbox.nextClock();
                if (next != null) {
                    answered.set(next.clientTime());
                } else {
                    Thread.yield();
                }
            }
        }, "taking");
        taking.setDaemon(true);
        taking.start();
        try {
            long beganNanos = System.nanoTime();
            for (long i = 0; i < QUESTIONS && System.nanoTime() - beganNanos < ENOUGH_NANOS; i++) {
                long askedNanos = System.nanoTime();
                outbox.clock(new ClockMessage(i, 0));
                while (answered.get() < i && System.nanoTime() - askedNanos < FORGOTTEN_NANOS) {
                    Thread.yield();
                }
                assertThat(answered.get()).as("the last question that was answered").isEqualTo(i);
            }
        } finally {
            enough.set(true);
        }
    }
}

package io.sdros.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StateAnnouncerTest {

    @Test
    void looksAtOnceAndAgainWhateverHappens() throws InterruptedException {
        AtomicInteger looks = new AtomicInteger();
        CountDownLatch thrice = new CountDownLatch(3);
        try (StateAnnouncer announcer = new StateAnnouncer(() -> {
            looks.incrementAndGet();
            thrice.countDown();
            throw new IllegalStateException("injected");
        }, () -> true)) {
            announcer.look();
            assertThat(looks).as("before anybody can have come").hasValue(1);
            announcer.start();
            assertThat(thrice.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void looksLessOftenWhileNobodyIsTold() {
        AtomicBoolean heard = new AtomicBoolean();
        try (StateAnnouncer announcer = new StateAnnouncer(() -> { }, heard::get)) {
            assertThat(announcer.nextLookMillis()).isEqualTo(StateAnnouncer.UNHEARD_INTERVAL_MILLIS);
            heard.set(true);
            assertThat(announcer.nextLookMillis()).isEqualTo(StateAnnouncer.HEARD_INTERVAL_MILLIS);
        }
    }
}

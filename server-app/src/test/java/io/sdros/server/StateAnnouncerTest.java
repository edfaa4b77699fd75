package io.sdros.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
        })) {
            announcer.start();
            assertThat(looks).as("before anybody can have come").hasPositiveValue();
            assertThat(thrice.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }
}

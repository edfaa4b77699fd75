package io.sdros.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.server.StateAnnouncer.Audience;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StateAnnouncerTest {

    private final AtomicInteger announcements = new AtomicInteger();
    private final AtomicInteger chores = new AtomicInteger();
    private final AtomicLong nowNanos = new AtomicLong(-1_000);
    private volatile Audience audience = Audience.NOBODY;

    private StateAnnouncer announcer() {
        return new StateAnnouncer(announcements::incrementAndGet, chores::incrementAndGet, () -> audience, nowNanos::get);
    }

    @Test
    void looksAtOnceAndAgainWhateverHappens() throws InterruptedException {
        AtomicInteger looks = new AtomicInteger();
        CountDownLatch thrice = new CountDownLatch(3);
        try (StateAnnouncer announcer = new StateAnnouncer(() -> {
            looks.incrementAndGet();
            throw new IllegalStateException("injected");
        }, () -> {
            thrice.countDown();
            throw new IllegalStateException("injected, too");
        }, () -> Audience.VIEWERS, System::nanoTime)) {
            announcer.look();
            assertThat(looks).as("before anybody can have come").hasValue(1);
            announcer.start();
            assertThat(thrice.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(looks).hasValueGreaterThanOrEqualTo(3);
        }
    }

    @Test
    void looksTheLessOftenTheFewerAreTold() {
        try (StateAnnouncer announcer = announcer()) {
            assertThat(announcer.nextLookMillis()).isEqualTo(10_000);
            audience = Audience.OTHERS;
            assertThat(announcer.nextLookMillis()).isEqualTo(1_000);
            audience = Audience.VIEWERS;
            assertThat(announcer.nextLookMillis()).isEqualTo(250);
        }
    }

    @Test
    void whoeverComesIsToldWhatIsTheCaseNow() {
        try (StateAnnouncer announcer = announcer()) {
            announcer.look();
            announcer.start();
            announcer.viewerComes();
            assertThat(announcements).hasValue(2);
            assertThat(chores).as("which others' threads are not for").hasValue(1);
        }
    }

    @Test
    void whatWasLookedAtAMomentAgoIsYoungEnough() {
        audience = Audience.VIEWERS;
        StateAnnouncer announcer = announcer();
        announcer.start();
        announcer.close(); // whatever comes now comes of arrivals
        announcer.viewerComes();
        assertThat(announcements).hasValue(0);
    }

    @Test
    void afterAnArrivalItLooksAsForViewersUntilTheyAreCounted() {
        try (StateAnnouncer announcer = announcer()) {
            announcer.viewerComes();
            nowNanos.addAndGet(StateAnnouncer.ARRIVAL_NANOS - 1);
            assertThat(announcer.nextLookMillis()).isEqualTo(250);
            nowNanos.addAndGet(1);
            assertThat(announcer.nextLookMillis()).isEqualTo(10_000);
        }
    }

    @Test
    void anArrivalDoesNotWaitForTheLookThatIsFarAway() throws InterruptedException {
        CountDownLatch looked = new CountDownLatch(1);
        try (StateAnnouncer announcer = new StateAnnouncer(announcements::incrementAndGet, looked::countDown, () -> audience,
                System::nanoTime)) {
            announcer.start();
            long beganNanos = System.nanoTime();
            announcer.viewerComes();
            assertThat(looked.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(System.nanoTime() - beganNanos).isLessThan(TimeUnit.MILLISECONDS.toNanos(10_000));
        }
    }

    @Test
    void whoComesInTheMiddleOfALookDoesNotWaitForIt() {
        StateAnnouncer[] self = new StateAnnouncer[1];
        List<Integer> insideWhenItHadCome = new ArrayList<>();
        try (StateAnnouncer announcer = new StateAnnouncer(() -> {
            announcements.incrementAndGet();
            if (insideWhenItHadCome.isEmpty() && comes(self[0])) {
                insideWhenItHadCome.add(announcements.get());
            }
        }, chores::incrementAndGet, () -> audience, nowNanos::get)) {
            self[0] = announcer;
            announcer.look();
            assertThat(insideWhenItHadCome).containsExactly(1);
        }
    }

    /** Whether a viewer can come now, on a thread of its own. */
    private static boolean comes(StateAnnouncer announcer) {
        Thread viewer = new Thread(announcer::viewerComes);
        viewer.start();
        try {
            viewer.join(TimeUnit.SECONDS.toMillis(20));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !viewer.isAlive();
    }

    @Test
    void whoComesWhenItIsClosedIsLetBe() {
        StateAnnouncer announcer = announcer();
        announcer.close();
        announcer.viewerComes();
        assertThat(announcements).hasValue(1);
    }
}

package io.sdros.relay.nats.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.relay.nats.wire.OriginInfo;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AnnouncementsTest {

    private final Announcements announcements = new Announcements(2);

    private static OriginInfo info(long origin, int priority) {
        return new OriginInfo(origin, 0, priority, OriginInfo.State.LIVE, false, 1, true, "");
    }

    private static long millis(long millis) {
        return Long.MAX_VALUE - 1_000_000 + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Test
    void whatWasNotHeardOfForALongTimeIsForgotten() {
        announcements.heard("a", info(1, 0), millis(0));
        assertThat(announcements.of("a", millis(3_500))).contains(info(1, 0));
        assertThat(announcements.of("a", millis(3_501))).isEmpty();
        assertThat(announcements.all(millis(3_501))).isEmpty();
    }

    @Test
    void theBetterOriginsWordStandsWhileItIsHeardOf() {
        announcements.heard("a", info(1, 5), millis(0));
        announcements.heard("a", info(2, 1), millis(1_000));
        assertThat(announcements.of("a", millis(1_000))).contains(info(1, 5));
        announcements.heard("a", info(2, 1), millis(4_000));
        assertThat(announcements.of("a", millis(4_000))).contains(info(2, 1));
        announcements.heard("a", info(1, 5), millis(5_000));
        assertThat(announcements.of("a", millis(5_000))).contains(info(1, 5));
    }

    @Test
    void moreNamesThanThereIsRoomForAreNotLookedAtUntilOthersAreForgotten() {
        announcements.heard("a", info(1, 0), millis(0));
        announcements.heard("b", info(1, 0), millis(2_000));
        announcements.heard("c", info(1, 0), millis(2_000));
        assertThat(announcements.all(millis(2_000))).containsOnlyKeys("a", "b");
        announcements.heard("c", info(1, 0), millis(4_000));
        assertThat(announcements.all(millis(4_000))).containsOnlyKeys("b", "c");
    }
}

package io.sdros.server.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.transport.undertow.ClosedReason;
import io.sdros.transport.undertow.RefusalReason;
import io.sdros.transport.undertow.ViewerLeft;
import java.net.InetAddress;
import java.time.Duration;
import java.util.EnumSet;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ViewerLogTest {

    private static final InetAddress ADDRESS = InetAddress.getLoopbackAddress();
    private static final String HOST = ADDRESS.getHostAddress();

    private final LoggedLines lines = new LoggedLines();
    private long nowNanos;
    private final ViewerLog log = new ViewerLog(lines, () -> nowNanos);

    private static ViewerLeft left(ClosedReason reason) {
        return new ViewerLeft(OptionalLong.empty(), ADDRESS, reason, Duration.ofMillis(12_345), 370, 4_500_000_000L, 1);
    }

    @Test
    void comingAndGoingAreALineEach() {
        log.onJoined(ADDRESS);
        log.onMessageIgnored(ADDRESS, 17);
        log.onLeft(left(ClosedReason.STALLED));

        assertThat(lines.messages).containsExactly(
                "A viewer at " + HOST + " has joined",
                "Ignored a message of 17 bytes from the viewer at " + HOST + ", and will any other: nothing is to be sent here",
                "A viewer at " + HOST + " has left after 12.3 s, 370 frames and 4500000000 bytes: "
                        + "its connection took no byte for SDR_STALL_TIMEOUT_MS");
    }

    @Test
    void aFloodIsCountedAndNotWritten() {
        for (int i = 0; i < 10_000; i++) {
            nowNanos += 1_000_000;
            log.onJoined(ADDRESS);
            log.onMessageIgnored(ADDRESS, 1);
            log.onLeft(left(ClosedReason.DISCONNECTED));
        }
        assertThat(lines.messages).hasSize(3 * 20);
        nowNanos += 60_000_000_000L;
        log.onJoined(ADDRESS);
        assertThat(lines.messages).last().asString().endsWith(" has joined (and 9980 more since the last such line)");
    }

    @Test
    void a4408IsNotLostInAFloodOfOthers() {
        for (int i = 0; i < 100; i++) {
            log.onLeft(left(ClosedReason.DISCONNECTED));
        }
        log.onLeft(left(ClosedReason.KEYFRAME_TIMEOUT));
        assertThat(lines.messages).last().asString().contains("SDR_IDR_TIMEOUT_MS", "4408");
    }

    @ParameterizedTest
    @EnumSource(ClosedReason.class)
    void everyReasonHasWords(ClosedReason reason) {
        log.onLeft(left(reason));
        assertThat(lines.messages.get(0)).matches(".* bytes: \\S.*").doesNotContain("_total");
    }

    @ParameterizedTest
    @EnumSource(RefusalReason.class)
    void everyRefusalThatASettingDecidesNamesIt(RefusalReason reason) {
        Set<RefusalReason> nobodysChoice = EnumSet.of(RefusalReason.HANDSHAKE, RefusalReason.STOPPING);
        if (nobodysChoice.contains(reason)) {
            assertThat(ViewerLog.decidedBy(reason)).isEmpty();
        } else {
            assertThat(ViewerLog.decidedBy(reason)).contains("SDR_");
        }
    }
}

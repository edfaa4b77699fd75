package io.sdros.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BroadcasterBuilderTest {

    private final BroadcasterBuilder<String> builder = Broadcaster.builder();

    @Test
    void namesWhatIsWrong() {
        assertThatIllegalArgumentException().isThrownBy(() -> builder.capacity(0)).withMessageContaining("capacity");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.gopCacheBytes(-1)).withMessageContaining("gop");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.maxLatency(Duration.ofMillis(-1)))
                .withMessageContaining("maxLatency");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.clientRequestInterval(Duration.ofMillis(-1)))
                .withMessageContaining("clientRequestInterval");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.keyframeTimeout(Duration.ZERO))
                .withMessageContaining("keyframeTimeout");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.requestInterval(Duration.ZERO))
                .withMessageContaining("requestInterval");
        assertThatNullPointerException().isThrownBy(() -> builder.nanoClock(null));
    }

    @Test
    void misuseOfPublishIsRefused() {
        Broadcaster<String> broadcaster = builder.build();
        assertThatNullPointerException().isThrownBy(() -> broadcaster.publish(null, true, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> broadcaster.publish("m", true, -1));
        assertThatNullPointerException().isThrownBy(() -> broadcaster.subscribe(null));
    }

    @Test
    void worksWithItsDefaults() {
        Broadcaster<String> broadcaster = builder.build();
        StreamSubscription<String> subscription = broadcaster.subscribe();
        broadcaster.service();
        broadcaster.publish("key", true, 3);
        broadcaster.publish("delta", false, 5);
        assertThat(subscription.poll()).isEqualTo("key");
        assertThat(subscription.poll()).isEqualTo("delta");
        BroadcasterStatistics statistics = broadcaster.statistics();
        assertThat(statistics.published()).isEqualTo(2);
        assertThat(statistics.keyframes()).isEqualTo(1);
        assertThat(statistics.subscribers()).isEqualTo(1);
        assertThat(statistics.subscriptionsTotal()).isEqualTo(1);
        assertThat(statistics.keyframeRequests().failed()).as("the default sink takes none").isEqualTo(1);
    }
}

package io.sdros.fanout;

import static io.sdros.fanout.Harness.drain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sdros.fanout.Harness.Message;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What all queues hold together is bounded, in bytes. */
class MemoryTest {

    private static final int FRAMES_HELD = 16;
    private final Harness harness = new Harness(builder -> builder
            .maxLatency(Duration.ZERO)
            .capacity(1000)
            .gopCacheBytes(0)
            .queueBytes(FRAMES_HELD * Harness.SIZE_BYTES));

    @Test
    void whoWaitsForWhatWasLetGoLagsAndTheOthersLoseNothing() {
        StreamSubscription<Message> quick = harness.join();
        StreamSubscription<Message> slow = harness.join();
        harness.publish("K");
        drain(quick);
        drain(slow);
        for (int i = 0; i < 20; i++) {
            harness.publish("d");
            assertThat(drain(quick)).hasSize(1);
        }
        assertThat(drain(slow)).as("what is left continues nothing").isEmpty();
        assertThat(slow.lagEvents()).isEqualTo(1);
        assertThat(slow.dropped(DropReason.MEMORY)).isEqualTo(20);
        assertThat(slow.dropped(DropReason.OVERFLOW)).isZero();
        assertThat(quick.dropped(DropReason.MEMORY)).isZero();
        assertThat(harness.broadcaster.statistics().dropped(DropReason.MEMORY)).isEqualTo(20);
        harness.publish("Kd");
        assertThat(drain(slow)).containsExactly(21, 22);
        assertThat(drain(quick)).containsExactly(21, 22);
    }

    @Test
    void theNewestKeyframeHeldIsWhereItGoesOn() {
        StreamSubscription<Message> slow = harness.join();
        harness.publish("K");
        slow.poll();
        harness.publish("dddddddddd" + "Kdd".repeat(4));
        assertThat(drain(slow)).containsExactly(20, 21, 22);
        assertThat(slow.lagEvents()).isEqualTo(1);
    }

    @Test
    void whatAMessageInHandIsOneOfIsTold() {
        StreamSubscription<Message> slow = harness.join();
        harness.publish("K");
        slow.poll();
        harness.publish("d".repeat(FRAMES_HELD - 4));
        assertThat(slow.lastIsForgotten()).isFalse();
        harness.publish("dddd");
        assertThat(slow.lastIsForgotten()).isTrue();
    }

    @Test
    void whatIsKeptForReplayingMayBeHeld() {
        Harness replaying = new Harness(builder -> builder
                .capacity(1000)
                .maxLatency(Duration.ZERO)
                .gopCacheBytes(100 * Harness.SIZE_BYTES)
                .queueBytes(FRAMES_HELD * Harness.SIZE_BYTES));
        replaying.join();
        replaying.publish("K" + "d".repeat(40));
        StreamSubscription<Message> joined = replaying.join();
        replaying.publish("d".repeat(20));
        assertThat(drain(joined)).as("the whole group").hasSize(61);

        StreamSubscription<Message> stopped = replaying.join();
        replaying.publish("K" + "d".repeat(20));
        assertThat(drain(stopped)).as("of the old group nothing is held any more").hasSize(21).startsWith(61);
        assertThat(stopped.dropped(DropReason.MEMORY)).isPositive();
    }

    @Test
    void theMessagesThemselvesAreLetGo() throws InterruptedException {
        Broadcaster<byte[]> broadcaster = Broadcaster.<byte[]>builder()
                .queueBytes(1000).capacity(64).gopCacheBytes(100).build();
        for (int i = 0; i < 5; i++) {
            broadcaster.subscribe();
        }
        broadcaster.service();
        List<WeakReference<byte[]>> published = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            byte[] message = new byte[100];
            published.add(new WeakReference<>(message));
            broadcaster.publish(message, true, message.length);
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        long alive;
        do {
            System.gc();
            alive = published.stream().filter(message -> message.get() != null).count();
        } while (alive > 10 && System.nanoTime() < deadline);
        assertThat(alive).isLessThanOrEqualTo(10);
        assertThat(broadcaster.subscriberCount()).isEqualTo(5);
    }

    @Test
    void withoutKeyframesToo() {
        Harness open = new Harness(builder -> builder
                .keyframeGating(false)
                .maxLatency(Duration.ZERO)
                .capacity(1000)
                .queueBytes(FRAMES_HELD * Harness.SIZE_BYTES));
        StreamSubscription<Message> slow = open.join();
        open.publish("d".repeat(40));
        assertThat(drain(slow)).hasSizeBetween(FRAMES_HELD - 2, FRAMES_HELD).endsWith(39);
        assertThat(slow.dropped(DropReason.MEMORY)).isBetween(24L, 26L);
        assertThat(slow.lagEvents()).isEqualTo(1);
    }

    @Test
    void atLeastOneByte() {
        assertThatIllegalArgumentException().isThrownBy(() -> Broadcaster.builder().queueBytes(0));
    }
}

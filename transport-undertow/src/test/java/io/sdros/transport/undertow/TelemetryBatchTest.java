package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.fanout.LatestValueBroadcaster;
import io.sdros.fanout.LatestValueSubscription;
import io.sdros.transport.undertow.ws.OutboundFrame;
import org.junit.jupiter.api.Test;

class TelemetryBatchTest {

    private final LatestValueBroadcaster<String, TelemetryMessage> telemetry =
            LatestValueBroadcaster.<String, TelemetryMessage>builder().cachedKeys(0).build();
    private final LatestValueSubscription<String, TelemetryMessage> one = telemetry.subscribe();
    private final LatestValueSubscription<String, TelemetryMessage> other = telemetry.subscribe();
    private static final int MOST_BYTES = 1000;
    private final TelemetryBatch batch = new TelemetryBatch(false);

    private TelemetryMessage publish(int payloadBytes) {
        TelemetryMessage message = TelemetryMessage.of("a", new byte[payloadBytes]);
        telemetry.publish("a", message, message.lengthBytes());
        return message;
    }

    private OutboundFrame take(LatestValueSubscription<String, TelemetryMessage> subscription) {
        return batch.take(subscription.poll(), subscription, MOST_BYTES);
    }

    @Test
    void aSingleMessageIsSentAsItIs() {
        TelemetryMessage only = publish(10);
        assertThat(take(one)).isSameAs(only.frame());
        assertThat(batch.count()).isEqualTo(1);
    }

    @Test
    void severalBecomeOneAndServeEveryClientThatWaitsForTheSame() {
        byte[] both = Bytes.join(publish(10).frame().array(), publish(200).frame().array());
        OutboundFrame first = take(one);
        assertThat(first.array()).isEqualTo(both);
        assertThat(batch.count()).isEqualTo(2);
        assertThat(take(other)).isSameAs(first);
        assertThat(one.poll()).isNull();
    }

    @Test
    void whatOnlyStartsAlikeIsNotTheSame() {
        publish(1);
        publish(2);
        OutboundFrame two = take(one);
        publish(3);
        assertThat(take(other).lengthBytes()).isGreaterThan(two.lengthBytes());
        assertThat(batch.count()).isEqualTo(3);
    }

    @Test
    void videoWaitsForABoundedNumberOfMessagesAndBytes() {
        for (int i = 0; i < TelemetryBatch.MAX_MESSAGES + 1; i++) {
            publish(1);
        }
        take(one);
        assertThat(batch.count()).isEqualTo(TelemetryBatch.MAX_MESSAGES);
        take(one);
        assertThat(batch.count()).isEqualTo(1);

        for (int i = 0; i < 4; i++) {
            publish(MOST_BYTES * 4 / 10);
        }
        assertThat(take(one).lengthBytes()).isLessThanOrEqualTo(MOST_BYTES);
        assertThat(batch.count()).isEqualTo(2);
        take(one);

        publish(MOST_BYTES * 3);
        publish(1);
        take(one);
        assertThat(batch.count()).as("one goes whatever its size, and alone").isEqualTo(1);
    }
}

package io.sdros.fanout;

import java.time.Duration;

class OpenSubscriptionQueueTest extends DropOldestContract {

    @Override
    Lane lane(int capacity) {
        Broadcaster<Integer> broadcaster = Broadcaster.<Integer>builder()
                .capacity(capacity)
                .keyframeGating(false)
                .maxLatency(Duration.ZERO)
                .build();
        StreamSubscription<Integer> subscription = broadcaster.subscribe();
        broadcaster.service();
        return new Lane() {
            @Override
            public void offer(Integer number) {
                broadcaster.publish(number, false, 1);
            }

            @Override
            public Integer poll() {
                return subscription.poll();
            }

            @Override
            public long evictions() {
                return subscription.dropped(DropReason.OVERFLOW);
            }

            @Override
            public void close() {
                subscription.close();
            }
        };
    }
}

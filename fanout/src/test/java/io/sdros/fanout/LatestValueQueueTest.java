package io.sdros.fanout;

class LatestValueQueueTest extends DropOldestContract {

    @Override
    Lane lane(int capacity) {
        LatestValueBroadcaster<String, Integer> broadcaster = LatestValueBroadcaster.<String, Integer>builder()
                .maxMessages(capacity)
                .build();
        LatestValueSubscription<String, Integer> subscription = broadcaster.subscribe();
        return new Lane() {
            @Override
            public void offer(Integer number) {
                broadcaster.publish("key", number, 1);
            }

            @Override
            public Integer poll() {
                return subscription.poll();
            }

            @Override
            public long evictions() {
                return broadcaster.statistics().evicted();
            }

            @Override
            public void close() {
                subscription.close();
            }
        };
    }
}

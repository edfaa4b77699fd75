package io.sdros.server.stream;

import io.sdros.fanout.Broadcaster;
import io.sdros.fanout.StreamSubscription;
import io.sdros.fanout.WakeupGroup;
import io.sdros.relay.nats.OriginFrame;
import io.sdros.relay.nats.OriginFrames;
import io.sdros.shm.protocol.FrameHeader;
import io.sdros.transport.undertow.FrameTimes;
import io.sdros.transport.undertow.VideoMessage;
import java.util.Optional;

/** A stream's frames for edges: they are one more subscriber, with the rules of all. Any thread. */
record EdgeFrames(Broadcaster<VideoMessage> broadcaster) implements OriginFrames {

    @Override
    public Subscription subscribe(Runnable wakeUp) {
        WakeupGroup group = new WakeupGroup(wakeUp::run);
        return new Subscribed(group, broadcaster.subscribe(group));
    }

    private record Subscribed(WakeupGroup group, StreamSubscription<VideoMessage> subscription) implements Subscription {

        @Override
        public void beginDrain() {
            group.beginDrain();
        }

        @Override
        public Optional<OriginFrame> poll() {
            return Optional.ofNullable(subscription.poll()).map(Subscribed::frame);
        }

        private static OriginFrame frame(VideoMessage message) {
            FrameTimes times = message.times();
            return new OriginFrame(FrameHeader.decode(message.array(), message.headerOffset()).keyframe(), times.captureTimeNanos(),
                    times.commitTimeKnown() ? times.commitTimeNanos() : 0, message.array(), message.headerOffset(), message.frameBytes());
        }

        @Override
        public void close() {
            subscription.close();
        }
    }
}

package io.sdros.server.stream;

import io.sdros.relay.nats.EdgeFrame;
import io.sdros.relay.nats.EdgeSource;
import io.sdros.relay.nats.EdgeStream;
import io.sdros.relay.nats.EdgeStreamListener;
import io.sdros.server.metrics.MetricSource;
import io.sdros.server.metrics.RelayMetrics;
import io.sdros.shm.protocol.FrameHeader;
import io.sdros.transport.undertow.FrameTimes;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/** Frames from another machine. Its thread is the stream's of the relay. */
final class RelayedFrames implements FrameSource {

    private final EdgeStream frames;

    RelayedFrames(EdgeStream frames) {
        this.frames = frames;
    }

    @Override
    public void start() {
        frames.start();
    }

    @Override
    public void wakeUp() {
        frames.wakeUp();
    }

    @Override
    public Condition condition() {
        EdgeSource source = frames.source();
        StreamCondition.Relayed relayed = new StreamCondition.Relayed(source.connected(), frames.statistics().wanted(), source.origin(),
                source.codec());
        return new Condition(relayed.region(), "the relay", 0, frames.lastFrameAgeNanos(), Optional.of(relayed));
    }

    @Override
    public MetricSource metrics() {
        return new RelayMetrics(frames::statistics);
    }

    @Override
    public void close() {
        frames.close();
    }

    /** Hands what comes to the publisher, as if it had been read here. On the stream's thread. */
    static final class Receiver implements EdgeStreamListener {
        private static final Duration LINES_INTERVAL = Duration.ofMinutes(1);

        private final FramePublisher publisher;
        private final Logger log;
        private final LongSupplier nanoClock;
        private final LineLimit failureLines = new LineLimit(LINES_INTERVAL);
        private final LineLimit originLines = new LineLimit(LINES_INTERVAL);

        Receiver(FramePublisher publisher, Logger log, LongSupplier nanoClock) {
            this.publisher = publisher;
            this.log = log;
            this.nanoClock = nanoClock;
        }

        @Override
        public void onFrame(EdgeFrame frame) {
            boolean committed = frame.commitNanos() != 0;
            publisher.publish(frame.array(), frame.headerOffset(), FrameHeader.decode(frame.array(), frame.headerOffset()), new FrameTimes(
                    frame.captureNanos(), committed ? frame.commitNanos() : frame.receivedNanos(), committed, frame.receivedNanos(),
                    frame.clockErrorNanos()));
        }

        @Override
        public void onDiscontinuity() {
            publisher.discontinuity();
        }

        @Override
        public void onOtherOrigin() {
            originLines.pass(nanoClock.getAsLong()).ifPresent(unsaid -> log.info(
                    "Frames come from another origin, or one that has started anew{}", more(unsaid)));
            publisher.restarted();
        }

        @Override
        public void onPoll(long nowNanos) {
            publisher.service(nowNanos);
        }

        @Override
        public void onUncaught(Throwable failure) {
            failureLines.pass(nanoClock.getAsLong()).ifPresent(unsaid -> log.error("The stream went on after a failure{}", more(unsaid),
                    failure));
        }

        private static String more(long unsaid) {
            return unsaid == 0 ? "" : " (and " + unsaid + " times more since the last such line)";
        }
    }
}

package io.sdros.it.jmh;

import io.sdros.fanout.Broadcaster;
import io.sdros.fanout.Subscription;
import io.sdros.fanout.WakeupGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * One frame to N subscribers, without sockets: what the fan-out itself costs. Divide by N for the cost per subscriber.
 * One thread does both sides, so this is work and cache misses, not the hand-over between threads.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 2, jvmArgsAppend = {"-Xms256m", "-Xmx256m", "-Xmn64m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC"})
@Warmup(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 15, time = 100, timeUnit = TimeUnit.MILLISECONDS)
public class FanOutCost {

    private static final int FRAME_BYTES = 3_000;
    private static final int KEYFRAME_INTERVAL = 30;
    @Param({"1", "16", "256", "4096"})
    public int subscribers;

    /** As a server does it, whose I/O threads each serve many. */
    private final WakeupGroup group = new WakeupGroup(() -> { });
    private Broadcaster<Object> broadcaster;
    private List<Subscription<Object>> subscriptions;
    private final Object message = new Object();
    private long frames;

    @Setup
    public void subscribe() {
        broadcaster = Broadcaster.builder().build();
        subscriptions = new ArrayList<>();
        for (int i = 0; i < subscribers; i++) {
            subscriptions.add(broadcaster.subscribe(group));
        }
        broadcaster.service();
    }

    private void publishOne() {
        broadcaster.publish(message, frames++ % KEYFRAME_INTERVAL == 0, FRAME_BYTES);
    }

    /** Everybody keeps up: each polls the frame, and once more in vain, as a writer does that empties its queue. */
    @Benchmark
    public void publishAndPoll(Blackhole sink) {
        publishOne();
        group.beginDrain();
        for (int i = 0; i < subscribers; i++) {
            Subscription<Object> subscription = subscriptions.get(i);
            sink.consume(subscription.poll());
            sink.consume(subscription.poll());
        }
    }

    /** Nobody ever polls: each queue is full, and its oldest frame makes room. */
    @Benchmark
    public void publishToFullQueues() {
        publishOne();
    }
}

package io.sdros.fanout;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A broadcaster of numbered messages with a clock and a request sink in the test's hands. Single-threaded. */
final class Harness {

    record Message(int number, boolean keyframe) {}

    record Request(KeyframeRequestReason reason, int clients) {}

    static final int SIZE_BYTES = 10;

    final List<Request> requests = new ArrayList<>();
    final Broadcaster<Message> broadcaster;
    boolean sinkWorks = true;
    int attentions;
    private long nowNanos = -5_000_000_000L;
    private int nextNumber;

    Harness() {
        this(builder -> {});
    }

    Harness(Consumer<BroadcasterBuilder<Message>> settings) {
        BroadcasterBuilder<Message> builder = Broadcaster.<Message>builder()
                .nanoClock(() -> nowNanos)
                .producerWakeup(() -> attentions++)
                .keyframeRequestSink(this::request);
        settings.accept(builder);
        broadcaster = builder.build();
    }

    private boolean request(KeyframeRequestReason reason, int clients) {
        requests.add(new Request(reason, clients));
        return sinkWorks;
    }

    void advanceMillis(long millis) {
        nowNanos += millis * 1_000_000;
    }

    long nowNanos() {
        return nowNanos;
    }

    /** One call per character: K publishes a keyframe, d a delta frame, x one that no other needs, s skips one, | is a break. */
    void publish(String frames) {
        publish(frames, 0);
    }

    void publish(String frames, long millisBefore) {
        for (char frame : frames.toCharArray()) {
            advanceMillis(millisBefore);
            switch (frame) {
                case 'K' -> broadcaster.publish(new Message(nextNumber++, true), true, SIZE_BYTES);
                case 'd' -> broadcaster.publish(new Message(nextNumber++, false), false, SIZE_BYTES);
                case 'x' -> broadcaster.publish(new Message(nextNumber++, false), MessageKind.DROPPABLE, SIZE_BYTES);
                case 's' -> broadcaster.skipped();
                case '|' -> broadcaster.discontinuity();
                default -> throw new IllegalArgumentException(frames);
            }
        }
    }

    StreamSubscription<Message> join() {
        StreamSubscription<Message> subscription = broadcaster.subscribe();
        broadcaster.service();
        return subscription;
    }

    /** Everything there is to poll, as numbers. */
    static List<Integer> drain(StreamSubscription<Message> subscription) {
        List<Integer> numbers = new ArrayList<>();
        for (Message message = subscription.poll(); message != null; message = subscription.poll()) {
            numbers.add(message.number());
        }
        return numbers;
    }
}

package io.sdros.relay.nats;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * A stream whose bytes follow from its numbers, so that whoever gets a frame can tell whether it is as it was. A frame is made
 * when there is room for it. Any thread.
 */
final class NumberedFrames implements OriginFrames {

    static final int GROUP = 20;
    private static final int HEADER_BYTES = 32;
    private static final int FRAME_SEQ_OFFSET = 8;
    /** With many messages now and then. */
    private static final int LONG_BYTES = 40_000;
    private static final int USUAL_BYTES = 3_000;
    private static final int MOST_WAITING = 50;

    private final Queue<OriginFrame> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private volatile Optional<Runnable> subscriber = Optional.empty();
    /** One writer. */
    private volatile long made;

    /** The number of the last one. */
    long made() {
        return made;
    }

    /** The next one, if those before it do not wait for too long. By one thread. */
    void makeOne() {
        long number = made + 1;
        byte[] bytes = bytes(number);
        if (subscriber.isPresent() && waiting.offer(new OriginFrame(number % GROUP == 1, 0, 0, bytes, 0, bytes.length))) {
            made = number;
            subscriber.ifPresent(Runnable::run);
        }
    }

    private static byte[] bytes(long number) {
        Random random = new Random(number);
        byte[] payload = new byte[1 + random.nextInt(number % 7 == 1 ? LONG_BYTES : USUAL_BYTES)];
        random.nextBytes(payload);
        return ByteBuffer.allocate(HEADER_BYTES + payload.length).order(ByteOrder.LITTLE_ENDIAN).putLong(number).putLong(number)
                .putInt(payload.length).putShort((short) (number % GROUP == 1 ? 1 : 0)).putShort((short) 1).putLong(0)
                .put(payload).array();
    }

    /** What a frame says its number is. */
    static long number(EdgeFrame frame) {
        return ByteBuffer.wrap(frame.array()).order(ByteOrder.LITTLE_ENDIAN).getLong(frame.headerOffset() + FRAME_SEQ_OFFSET);
    }

    /** Whether it is the one of its number, to the last bit. */
    static boolean genuine(EdgeFrame frame) {
        long number = number(frame);
        return number > 0 && number < Integer.MAX_VALUE
                && Arrays.equals(frame.array(), frame.headerOffset(), frame.array().length, bytes(number), 0, bytes(number).length);
    }

    @Override
    public Subscription subscribe(Runnable wakeUp) {
        waiting.clear();
        subscriber = Optional.of(wakeUp);
        return new Subscription() {
            private boolean begun;

            @Override
            public void beginDrain() {
                // Each frame wakes.
            }

            @Override
            public Optional<OriginFrame> poll() {
                Optional<OriginFrame> next = Optional.ofNullable(waiting.poll());
                while (!begun && next.isPresent() && !next.get().keyframe()) {
                    next = Optional.ofNullable(waiting.poll());
                }
                begun |= next.isPresent();
                return next;
            }

            @Override
            public void close() {
                subscriber = Optional.empty();
            }
        };
    }
}

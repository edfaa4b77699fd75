package io.sdros.it.support;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A viewer on a thread of its own that notes when it had each frame. May be asked by any thread. */
public final class Arrivals implements AutoCloseable {

    private static final int RECEIVE_BUFFER_BYTES = 1 << 20;

    private final List<Arrival> arrivals = new CopyOnWriteArrayList<>();
    private final RawStream stream;
    private final Thread thread = new Thread(this::take, "arrivals");
    private volatile boolean closed;

    /**
     * One frame.
     *
     * @param writtenNanos its frame_id, which the writers of these tests take from the clock of {@link System#nanoTime}
     *                     as they begin to write it
     * @param takenNanos   when its last byte was here
     */
    public record Arrival(long frameSeq, long writtenNanos, long takenNanos) {
    }

    private Arrivals(RawStream stream) {
        this.stream = stream;
        thread.start();
    }

    public static Arrivals at(ServerProcess server) {
        return new Arrivals(RawStream.connect(server, RECEIVE_BUFFER_BYTES));
    }

    private void take() {
        try {
            while (!closed) {
                RawStream.Taken message = stream.takeVideo();
                VideoFrame frame = message.frame();
                arrivals.add(new Arrival(frame.frameSeq(), frame.frameId(), message.lastByteNanos()));
            }
        } catch (RuntimeException e) {
            if (!closed) {
                throw e;
            }
        }
    }

    /** All so far, in the order in which they came. */
    public List<Arrival> all() {
        return List.copyOf(arrivals);
    }

    @Override
    public void close() {
        closed = true;
        stream.close();
    }
}

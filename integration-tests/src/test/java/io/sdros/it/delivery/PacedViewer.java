package io.sdros.it.delivery;

import io.sdros.it.support.Await;
import io.sdros.it.support.ClipVideo;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.RawStream;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.ThrottledInput;
import io.sdros.it.support.VideoFrame;
import io.sdros.it.support.WorkDirectory;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

/** A viewer with a connection and a thread of its own, which records all video it gets. */
final class PacedViewer implements AutoCloseable {

    /**
     * One frame.
     *
     * @param bytesBefore all bytes of video that this viewer took before it
     */
    record Arrival(long frameSeq, boolean keyframe, long commitNanos, long arrivedNanos, long bytesBefore) {

        long ageNanos() {
            return arrivedNanos - commitNanos;
        }
    }

    private static final int FRAMES_PER_SIGN_OF_LIFE = 30;

    private final RawStream stream;
    private final ThrottledInput input;
    private final ClipVideo source;
    private final Path recording;
    private final List<Arrival> arrivals = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile boolean closed;

    private PacedViewer(String name, RawStream stream, long bytesPerSecond, ClipVideo source) {
        this.stream = stream;
        this.source = source;
        input = new ThrottledInput(stream.input(), bytesPerSecond);
        recording = WorkDirectory.newFile(name, ".h264");
        thread = new Thread(this::receive, name);
        thread.setDaemon(true);
    }

    /** Connects; returns once the server has accepted. */
    static PacedViewer connect(String name, ServerProcess server, int receiveBufferBytes, long bytesPerSecond,
            ClipVideo source) {
        PacedViewer viewer =
                new PacedViewer(name, RawStream.connect(server, receiveBufferBytes), bytesPerSecond, source);
        viewer.thread.start();
        return viewer;
    }

    ThrottledInput input() {
        return input;
    }

    private void receive() {
        try (OutputStream file = Files.newOutputStream(recording)) {
            DataInputStream data = new DataInputStream(input);
            long bytes = 0;
            while (true) {
                RawStream.Taken taken = RawStream.take(data);
                VideoFrame frame = taken.frame();
                byte[] payload = frame.payload();
                if (!Arrays.equals(payload, source.picture(frame.frameSeq()))) {
                    throw new AssertionError("not what was written: " + frame);
                }
                file.write(payload);
                arrivals.add(new Arrival(frame.frameSeq(), frame.keyframe(), frame.frameId(), taken.lastByteNanos(),
                        bytes));
                bytes += taken.bytes().length;
                if (arrivals.size() % FRAMES_PER_SIGN_OF_LIFE == 0) {
                    stream.pong();
                }
            }
        } catch (IOException | UncheckedIOException e) {
            if (!closed) {
                throw new AssertionError("cut after " + arrivals.size() + " frames", e);
            }
        }
    }

    /** Returns when this frame has come; all that came, in order. */
    List<Arrival> awaitFrame(long frameSeq, Duration deadline) {
        Await.until(thread.getName() + " has frame " + frameSeq, deadline,
                () -> !arrivals.isEmpty() && arrivals.get(arrivals.size() - 1).frameSeq >= frameSeq);
        return List.copyOf(arrivals);
    }

    /** All video so far, as one stream. */
    Path recording() {
        return recording;
    }

    /** The frames before which something is missing that came to another viewer. */
    static List<Arrival> gaps(List<Arrival> arrivals, List<Arrival> others) {
        NavigableSet<Long> there = new TreeSet<>(others.stream().map(Arrival::frameSeq).toList());
        return IntStream.range(1, arrivals.size())
                .filter(i -> !there.subSet(arrivals.get(i - 1).frameSeq(), false, arrivals.get(i).frameSeq(), false).isEmpty())
                .mapToObj(arrivals::get).toList();
    }

    /** The frames that did not follow the one before, whatever the reason. */
    static List<Arrival> jumps(List<Arrival> arrivals) {
        return IntStream.range(1, arrivals.size())
                .filter(i -> arrivals.get(i).frameSeq() != arrivals.get(i - 1).frameSeq() + 1)
                .mapToObj(arrivals::get).toList();
    }

    @Override
    public void close() {
        closed = true;
        input.blocked(false);
        stream.close();
        try {
            thread.join(Deadlines.SOON.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.sdros.transport.undertow.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.xnio.ChannelListener;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;
import org.xnio.conduits.ConduitStreamSourceChannel;

/**
 * Waits for the whole of a client's first TLS record, its hello. Only who has sent it gets a TLS engine and its buffers,
 * which cost many times what an unfinished connection else does. On its I/O thread.
 */
public final class FirstRecord implements ChannelListener<ConduitStreamSourceChannel> {

    private static final int HANDSHAKE = 22;
    private static final int HEAD_BYTES = 5;
    private static final int FIRST_BYTES = 640; // a hello is not longer, or, with a key of ML-KEM in it, three times as long
    private static final int MOST_BYTES = HEAD_BYTES + 16 * 1024;

    private final StreamConnection connection;
    private final Consumer<ByteBuffer> whole;
    private final Optional<XnioExecutor.Key> timer; // empty if the thread is ending
    private ByteBuffer buffer = ByteBuffer.allocate(FIRST_BYTES); // null once it has been passed on

    private FirstRecord(StreamConnection connection, Duration timeout, Consumer<ByteBuffer> whole) {
        this.connection = connection;
        this.whole = whole;
        timer = IoTasks.executeAfter(connection.getIoThread(), () -> IoUtils.safeClose(connection),
                timeout.toMillis(), TimeUnit.MILLISECONDS);
        connection.setCloseListener(closed -> stopTimer());
    }

    /** @param whole takes what has come, once: the record, or what is none, and perhaps the beginning of the next */
    static void await(StreamConnection connection, Duration timeout, Consumer<ByteBuffer> whole) {
        FirstRecord record = new FirstRecord(connection, timeout, whole);
        if (record.timer.isEmpty()) {
            IoUtils.safeClose(connection);
            return;
        }
        connection.getSourceChannel().setReadListener(record);
        connection.getSourceChannel().resumeReads();
        record.handleEvent(connection.getSourceChannel());
    }

    @Override
    public void handleEvent(ConduitStreamSourceChannel source) {
        try {
            int count = source.read(buffer);
            while (count > 0 && !complete()) {
                if (!buffer.hasRemaining()) {
                    buffer = ByteBuffer.allocate(recordBytes()).put(buffer.flip());
                }
                count = source.read(buffer);
            }
            if (count < 0) {
                IoUtils.safeClose(connection);
            } else if (complete()) {
                stopTimer();
                source.suspendReads();
                ByteBuffer record = buffer.flip();
                buffer = null; // the close listener keeps this object for as long as there is the connection
                whole.accept(record);
            }
        } catch (IOException e) {
            IoUtils.safeClose(connection); // it was reset
        }
    }

    private void stopTimer() {
        timer.ifPresent(XnioExecutor.Key::remove);
    }

    private boolean complete() {
        if (buffer.position() < HEAD_BYTES) {
            return false;
        }
        boolean hello = buffer.get(0) == HANDSHAKE; // or the engine turns it down at once: it may be plain HTTP
        return !hello || buffer.position() >= recordBytes();
    }

    /** Once the head has come. */
    private int recordBytes() {
        int lengthBytes = buffer.getShort(HEAD_BYTES - 2) & 0xFFFF;
        return Math.min(HEAD_BYTES + lengthBytes, MOST_BYTES);
    }
}

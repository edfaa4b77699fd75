package io.sdros.it.load.chaos;

import io.sdros.it.support.VideoFrame;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A viewer of one stream that holds each frame against what a camera of the stream has written, and sees that a decoder could
 * use them all in the order in which they come. Connects anew whenever its connection ends. Any thread.
 */
final class RecordingViewer implements AutoCloseable {

    private static final byte VIDEO = 0x01;
    private static final long RETRY_MILLIS = 25;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final int FRAME_ID_OFFSET = 1;
    private static final int FRAME_SEQ_OFFSET = 9;
    private static final int FLAGS_OFFSET = 21;

    /** A frame that came. */
    record Arrival(int camera, long committedNanos, long arrivedNanos) {

        long ageNanos() {
            return arrivedNanos - committedNanos;
        }
    }

    private final String name;
    private final HttpClient client;
    private final ScheduledExecutorService retries;
    private final Supplier<URI> uri;
    private final Map<Integer, Camera> cameras;
    private final Violations violations;
    // Guarded by this.
    private final List<Arrival> arrivals = new ArrayList<>();
    private long frames;
    private boolean closed;
    private WebSocket socket;

    /**
     * @param uri     asked for each connection
     * @param cameras whose frames the stream may have, by their numbers
     */
    RecordingViewer(String name, HttpClient client, ScheduledExecutorService retries, Supplier<URI> uri, Map<Integer, Camera> cameras,
            Violations violations) {
        this.name = name;
        this.client = client;
        this.retries = retries;
        this.uri = uri;
        this.cameras = cameras;
        this.violations = violations;
        connect();
    }

    private void connect() {
        client.newWebSocketBuilder().connectTimeout(CONNECT_TIMEOUT).buildAsync(uri.get(), new Session())
                .whenComplete((opened, failure) -> {
                    if (failure != null) {
                        connectLater();
                    } else {
                        opened(opened);
                    }
                });
    }

    private synchronized void opened(WebSocket connected) {
        socket = connected;
        if (closed) {
            connected.abort();
        }
    }

    private synchronized void connectLater() {
        if (!closed) {
            retries.schedule(this::connect, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private synchronized void arrived(Arrival arrival) {
        arrivals.add(arrival);
        frames++;
    }

    String name() {
        return name;
    }

    /** All frames, from the first connection on. */
    synchronized long frames() {
        return frames;
    }

    /** All but the last arrival are of no interest any more. */
    synchronized void forget() {
        if (arrivals.size() > 1) {
            arrivals.subList(0, arrivals.size() - 1).clear();
        }
    }

    /** What came since, and the last one before. */
    synchronized List<Arrival> arrivals() {
        return List.copyOf(arrivals);
    }

    /** Whether a frame has come that was committed after that moment, of this camera. */
    synchronized boolean has(Camera camera, long committedAfterNanos) {
        if (arrivals.isEmpty()) {
            return false;
        }
        Arrival last = arrivals.get(arrivals.size() - 1);
        return last.camera == camera.number() && last.committedNanos - committedAfterNanos > 0;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (socket != null) {
            socket.abort();
        }
    }

    /** One connection. The JDK calls it from one thread at a time. */
    private final class Session implements WebSocket.Listener {
        private final ByteArrayOutputStream partial = new ByteArrayOutputStream();
        private boolean begun;
        private long lastSeq;
        private boolean over;

        @Override
        public CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
            long nowNanos = System.nanoTime();
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            partial.writeBytes(bytes);
            if (last) {
                byte[] message = partial.toByteArray();
                partial.reset();
                if (message[0] == VIDEO) {
                    video(message, nowNanos);
                }
            }
            webSocket.request(1);
            return null;
        }

        private void video(byte[] message, long nowNanos) {
            ByteBuffer fields = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
            long seq = fields.getLong(FRAME_SEQ_OFFSET);
            boolean keyframe = (fields.getShort(FLAGS_OFFSET) & VideoFrame.KEYFRAME) != 0;
            Camera camera = cameras.get(Camera.numberOf(seq));
            Camera.Committed written = camera == null ? null : camera.committed(seq);
            if (written == null) {
                violations.add(name + " has got frame " + seq + ", which no camera of this stream has written");
                return;
            }
            if (written.crc() != Camera.crcOf(message, 1, message.length - 1)) {
                violations.add(name + " has got frame " + seq + " with other bytes than were written");
            }
            boolean other = begun && Camera.numberOf(seq) != Camera.numberOf(lastSeq);
            // Where there are two origins, an edge that has heard of neither for a while begins anew with whom it hears first.
            boolean anew = keyframe && cameras.size() > 1;
            if (begun && !other && seq - lastSeq <= 0 && !anew) {
                violations.add(name + " has got frame " + seq + " after " + lastSeq);
            }
            if (!keyframe && (!begun || seq != lastSeq + 1)) {
                violations.add(name + " has got frame " + seq + (begun ? " after " + lastSeq : " first") + ", and it is no keyframe");
            }
            begun = true;
            lastSeq = seq;
            arrived(new Arrival(Camera.numberOf(seq), fields.getLong(FRAME_ID_OFFSET), nowNanos));
        }

        @Override
        public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
            end();
            return null;
        }

        @Override
        public void onError(WebSocket webSocket, Throwable error) {
            end();
        }

        private void end() {
            if (!over) {
                over = true;
                connectLater();
            }
        }
    }
}

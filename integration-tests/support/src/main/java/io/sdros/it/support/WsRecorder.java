package io.sdros.it.support;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/** A client of the JDK's WebSocket that keeps every message. Messages may be read from any thread. */
public final class WsRecorder implements AutoCloseable {

    private static final byte VIDEO = 0x01;
    private static final byte TELEMETRY = 0x02;

    /** One message and when its last byte was here. */
    public record Received(byte[] bytes, long nanos) {
    }

    private final List<Received> messages = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private WebSocket socket;

    private WsRecorder() {
    }

    public static WsRecorder connect(ServerProcess server) {
        return connect(server.stream(), Map.of());
    }

    public static WsRecorder connect(URI uri, Map<String, String> headers) {
        return connect(HttpClient.newHttpClient(), uri, headers);
    }

    /** Over a client of the caller's, which may trust other certificates. */
    public static WsRecorder connect(HttpClient client, URI uri, Map<String, String> headers) {
        WsRecorder recorder = new WsRecorder();
        recorder.socket = handshake(client, uri, headers, recorder.new Listener()).join();
        return recorder;
    }

    /** With the subprotocol sdr.2. */
    public static WsRecorder connectSdr2(ServerProcess server) {
        return connectSdr2(server.stream());
    }

    /** The same, to any stream. */
    public static WsRecorder connectSdr2(URI uri) {
        WsRecorder recorder = new WsRecorder();
        recorder.socket = HttpClient.newHttpClient().newWebSocketBuilder().connectTimeout(Deadlines.SOON).subprotocols("sdr.2")
                .buildAsync(uri, recorder.new Listener()).join();
        if (!recorder.socket.getSubprotocol().equals("sdr.2")) {
            throw new AssertionError("sdr.2 was not selected");
        }
        return recorder;
    }

    /** The HTTP answer to a handshake that must be refused. */
    public static HttpResponse<?> refused(URI uri, Map<String, String> headers) {
        WsRecorder recorder = new WsRecorder();
        try {
            handshake(HttpClient.newHttpClient(), uri, headers, recorder.new Listener()).join().abort();
        } catch (CompletionException e) {
            if (e.getCause() instanceof WebSocketHandshakeException refusal) {
                return refusal.getResponse();
            }
            throw e;
        }
        throw new AssertionError("the handshake was accepted: " + uri + " " + headers);
    }

    private static CompletableFuture<WebSocket> handshake(HttpClient client, URI uri, Map<String, String> headers,
            Listener listener) {
        WebSocket.Builder builder = client.newWebSocketBuilder().connectTimeout(Deadlines.SOON);
        headers.forEach(builder::header);
        return builder.buildAsync(uri, listener);
    }

    /** Every message so far, of whatever type. */
    public List<Received> messages() {
        return List.copyOf(messages);
    }

    public List<VideoFrame> video() {
        return messages.stream().filter(message -> message.bytes()[0] == VIDEO).map(WsRecorder::frame).toList();
    }

    public List<TelemetrySample> telemetry() {
        return messages.stream().filter(message -> message.bytes()[0] == TELEMETRY)
                .map(message -> TelemetrySample.decode(ByteBuffer.wrap(message.bytes(), 1, message.bytes().length - 1)))
                .toList();
    }

    public static VideoFrame frame(Received message) {
        return new VideoFrame(Arrays.copyOfRange(message.bytes(), 1, message.bytes().length));
    }

    /** All video so far, once there are that many messages of it. */
    public List<VideoFrame> awaitVideo(int count) {
        Await.until(count + " video messages", Deadlines.SOON, () -> video().size() >= count || closed.isDone());
        List<VideoFrame> video = video();
        if (video.size() < count) {
            throw new AssertionError("closed with " + closed.getNow(0) + " after " + video);
        }
        return video;
    }

    /** The first message that holds a frame with at least this frame_id. */
    public Received awaitFrameFrom(long frameId) {
        return Await.value("a frame with frame_id from " + frameId, Deadlines.SOON, () -> messages.stream()
                .filter(message -> message.bytes()[0] == VIDEO && frame(message).frameId() >= frameId).findFirst());
    }

    public TelemetrySample awaitTelemetry(String subject) {
        return Await.value("telemetry " + subject, Deadlines.SOON,
                () -> telemetry().stream().filter(sample -> sample.subject().equals(subject)).findFirst());
    }

    /** The close code that the server sent; none while the connection is up. */
    public Optional<Integer> closeCode() {
        return Optional.ofNullable(closed.getNow(null));
    }

    public int awaitClose(Duration deadline) {
        return Await.value("the server closes the WebSocket", deadline, this::closeCode);
    }

    public WebSocket socket() {
        return socket;
    }

    /** Says good-bye and cuts. */
    @Override
    public void close() {
        if (!closed.isDone()) {
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "").exceptionally(failure -> socket);
        }
        socket.abort();
    }

    private final class Listener implements WebSocket.Listener {

        private final ByteArrayOutputStream partial = new ByteArrayOutputStream();

        @Override
        public CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            partial.writeBytes(bytes);
            if (last) {
                messages.add(new Received(partial.toByteArray(), System.nanoTime()));
                partial.reset();
            }
            webSocket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            closed.completeExceptionally(new AssertionError("the server sent text: " + data));
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
            closed.complete(statusCode);
            return null;
        }

        @Override
        public void onError(WebSocket webSocket, Throwable error) {
            closed.completeExceptionally(new AssertionError("the connection was cut without a close frame", error));
        }
    }
}

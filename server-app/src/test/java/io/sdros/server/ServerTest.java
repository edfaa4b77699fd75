package io.sdros.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.sdros.server.bus.MessageBus;
import io.sdros.server.bus.NoBus;
import io.sdros.server.bus.TelemetryPublisher;
import io.sdros.server.settings.Settings;
import io.sdros.server.settings.SettingsParser;
import io.sdros.shm.protocol.Codecs;
import io.sdros.shm.protocol.FrameFlags;
import io.sdros.shm.protocol.ShmWriter;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerTest {

    private static final int CLOSE_FRAME = 0x88;
    private static final String HANDSHAKE = " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
            + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    @TempDir
    private Path folder;

    private Settings settings(String... namesAndValues) {
        Map<String, String> environment = new HashMap<>(Map.of("SDR_NATS_URL", "none", "SDR_LISTEN_ADDR", "127.0.0.1:0",
                "SDR_IO_THREADS", "1"));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return new SettingsParser(InstantSource.fixed(Instant.EPOCH)).parse(environment).settings().orElseThrow();
    }

    private Server server(Settings settings, MessageBus bus) {
        Settings here = settings.withStreams(List.of(settings.mainStream().from(folder.resolve("frames"))));
        return new Server(here, bus, new BuildInfo("test"));
    }

    /** What check-config has called right must not stop the start: the libraries behind have bounds of their own. */
    @ParameterizedTest
    @CsvSource({
        "SDR_SHM_SIZE, 2147483647", "SDR_SHM_SIZE, 48",
        "SDR_BROADCAST_CAPACITY, 65536", "SDR_BROADCAST_CAPACITY, 1",
        "SDR_IDR_COALESCE_MS, 3600000", "SDR_IDR_TIMEOUT_MS, 3600000",
        "SDR_TELEMETRY_MAX_SIZE, 67108864",
        "SDR_MAX_LATENCY_MS, 3600000", "SDR_MAX_LATENCY_MS, 0",
        "SDR_GOP_CACHE_BYTES, 2147483647", "SDR_GOP_CACHE_BYTES, 0",
        "SDR_QUEUE_BYTES, 1048576", "SDR_QUEUE_BYTES, 1099511627776",
        "SDR_SOCKET_SEND_BUFFER, 16777216", "SDR_SOCKET_SEND_BUFFER, 1024", "SDR_SOCKET_SEND_BUFFER, 0",
        "SDR_STALL_TIMEOUT_MS, 3600000", "SDR_MAX_CLIENTS, 1048576", "SDR_MAX_CLIENTS, 0",
        "SDR_MAX_CLIENTS_PER_ADDRESS, 1048576", "SDR_ALLOWED_ORIGINS, http://my_robot:8080",
        "SDR_TELEMETRY_CACHE_SUBJECTS, 65536", "SDR_TELEMETRY_CACHE_SUBJECTS, 0",
        "SDR_READY_MAX_AGE_MS, 3600000",
    })
    void everySettingThatIsAcceptedCanBeServedWith(String variable, String value) {
        Settings settings = settings(variable, value);

        assertThatCode(() -> {
            try (Server server = server(settings, new NoBus())) {
                server.start();
            }
        }).doesNotThrowAnyException();
    }

    @Test
    void aBrowserThatHasAFileAlreadyIsToldSo() throws Exception {
        try (Server server = server(settings(), new NoBus())) {
            URI script = URI.create("http://127.0.0.1:" + server.start().getPort() + "/player.js");
            HttpURLConnection first = get(script, "\"x\"");
            assertThat(first.getResponseCode()).isEqualTo(200);
            assertThat(first.getInputStream().readAllBytes()).hasSizeGreaterThan(1000);
            String etag = first.getHeaderField("ETag");
            assertThat(etag).matches("\"[0-9a-f]{24}\"");
            for (String known : new String[] {etag, "W/" + etag, "\"x\", " + etag, "*"}) {
                HttpURLConnection again = get(script, known);
                assertThat(again.getResponseCode()).as(known).isEqualTo(304);
                assertThat(again.getHeaderField("ETag")).isEqualTo(etag);
                assertThat(again.getHeaderField("Content-Length")).isNull();
                assertThat(again.getInputStream().readAllBytes()).isEmpty();
            }
        }
    }

    private static HttpURLConnection get(URI uri, String ifNoneMatch) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setRequestProperty("If-None-Match", ifNoneMatch);
        return connection;
    }

    /** One region is there and one is not, and a third is a text file: each stream's viewers and reports are its own. */
    @Test
    @Timeout(60)
    void streamsAreServedEachForItself() throws Exception {
        Path broken = Files.writeString(folder.resolve("broken"), "no region");
        Settings settings = settings("SDR_STREAMS", "front=shm:" + folder.resolve("front") + "?title=Front camera,arm.wrist=shm:"
                + folder.resolve("wrist") + ",rear=shm:" + broken);
        try (ShmWriter writer = ShmWriter.builder(folder.resolve("wrist")).regionBytes(4096).open();
                Server server = new Server(settings, new NoBus(), new BuildInfo("test"))) {
            InetSocketAddress address = server.start();
            try (Socket inFront = join(address, "/streams/front/ws"); Socket first = join(address, "/stream/ws");
                    Socket wrist = join(address, "/streams/arm.wrist/ws?telemetry=0")) {
                assertThat(List.of(inFront, first)).allMatch(Socket::isConnected);
                DataInputStream in = new DataInputStream(wrist.getInputStream());
                byte[] payload = {1, 2, 3};
                long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
                while (in.available() == 0 && System.nanoTime() < deadlineNanos) {
                    writer.write(ByteBuffer.wrap(payload), System.nanoTime(), FrameFlags.KEYFRAME, Codecs.JPEG);
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
                }
                assertThat(in.readUnsignedByte()).as("a binary message").isEqualTo(0x82);

                assertThat(text(address, "/streams")).contains(
                        "{\"name\":\"front\",\"title\":\"Front camera\",\"codec\":null,\"size\":null,\"source\":\"absent\"",
                        "{\"name\":\"arm.wrist\",\"title\":\"arm.wrist\"", "\"source\":\"live\",\"why\":\"frames are arriving\",\"viewers\":1}");
                assertThat(text(address, "/health")).contains("\"clients\":3,", "{\"name\":\"front\",\"source\":\"absent\",",
                        "\"clients\":2,");
                assertThat(status(address, "/ready")).isEqualTo(503);
                assertThat(status(address, "/ready?stream=arm.wrist")).isEqualTo(200);
                assertThat(status(address, "/ready?stream=rear")).isEqualTo(503);
                assertThat(status(address, "/ready?stream=other")).isEqualTo(404);
                assertThat(status(address, "/streams/other/ws")).isEqualTo(404);
                assertThat(status(address, "/streams/rear/ws")).isEqualTo(426);
                assertThat(text(address, "/?stream=rear")).contains("aria-current=\"page\">rear</a>");
                assertThat(text(address, "/metrics")).contains("sdr_clients{stream=\"front\",} 2.0",
                        "sdr_clients{stream=\"arm.wrist\",} 1.0",
                        "sdr_frames_dropped_total{stream=\"rear\",reason=\"gate\",} 0.0");
            }
        }
    }

    @Test
    void clientsAreToldOfToWhoMayWatch() throws Exception {
        try (Server server = server(settings("SDR_AUTH_TOKEN", "s3cret"), new NoBus())) {
            InetSocketAddress address = server.start();
            assertThat(status(address, "/clients")).isEqualTo(401);
            assertThat(text(address, "/clients?token=s3cret")).isEqualTo("{\"total\":0,\"clients\":[]}");
            assertThat(text(address, "/clients?token=s3cret&stream=default")).isEqualTo("{\"total\":0,\"clients\":[]}");
            assertThat(status(address, "/clients?token=s3cret&stream=other")).isEqualTo(404);
        }
    }

    private static int status(InetSocketAddress address, String path) throws IOException {
        return ((HttpURLConnection) URI.create("http://127.0.0.1:" + address.getPort() + path).toURL().openConnection()).getResponseCode();
    }

    private static String text(InetSocketAddress address, String path) throws IOException {
        try (InputStream in = URI.create("http://127.0.0.1:" + address.getPort() + path).toURL().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** NATS may take a second to let go of. Nobody is to wait for that, nor to be let in meanwhile. */
    @Test
    @Timeout(60)
    void viewersAreToldOfTheStopBeforeNatsIsWaitedFor() throws Exception {
        AtomicReference<Socket> viewer = new AtomicReference<>();
        AtomicReference<String> whenNatsIsClosed = new AtomicReference<>("never");
        try (Server server = server(settings(), new LastToLeave(() -> whenNatsIsClosed.set(ending(viewer.get()))))) {
            viewer.set(join(server.start()));
        } finally {
            viewer.get().close();
        }

        assertThat(whenNatsIsClosed).hasValue("closed with 1001");
    }

    /** Joins the stream; nothing is ever sent on it here but a close frame. */
    private static Socket join(InetSocketAddress address) throws IOException {
        return join(address, "/stream/ws");
    }

    private static Socket join(InetSocketAddress address, String path) throws IOException {
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(10_000);
        socket.getOutputStream().write(("GET " + path + HANDSHAKE).getBytes(StandardCharsets.US_ASCII));
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) socket.getInputStream().read());
        }
        assertThat(head).startsWith("HTTP/1.1 101 ");
        return socket;
    }

    /** The code of the close frame that comes, or what comes instead. */
    private static String ending(Socket socket) {
        try {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            int firstByte = in.readUnsignedByte();
            in.readByte(); // its length
            return firstByte == CLOSE_FRAME ? "closed with " + in.readUnsignedShort() : "a frame that begins with " + firstByte;
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** A bus that looks around when it is closed. */
    private static final class LastToLeave implements MessageBus {

        private final Runnable onClose;

        LastToLeave(Runnable onClose) {
            this.onClose = onClose;
        }

        @Override
        public void start(TelemetryPublisher publisher) {
        }

        @Override
        public boolean requestKeyframe(String stream, byte[] json, Consumer<Boolean> fate) {
            return false;
        }

        @Override
        public String natsState() {
            return "off";
        }

        @Override
        public void close() {
            onClose.run();
        }
    }
}

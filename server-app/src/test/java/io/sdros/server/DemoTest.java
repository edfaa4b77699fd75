package io.sdros.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.server.settings.Settings;
import io.sdros.server.settings.SettingsParser;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DemoTest {

    private static final String HANDSHAKE = "GET /streams/wrist/ws?telemetry=0 HTTP/1.1\r\nHost: localhost\r\n"
            + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    /** The size is that of the robot's region; the demo has its own, and its pictures must fit. */
    @Test
    @Timeout(60)
    void showsItsClipsHoweverSmallTheRegionIsSetTo() throws IOException {
        Settings settings = new SettingsParser(Clock.systemUTC()).parse(Map.of("SDR_NATS_URL", "none",
                "SDR_LISTEN_ADDR", "127.0.0.1:0", "SDR_SHM_SIZE", "48")).settings().orElseThrow();
        try (Demo demo = new Demo(settings, new DemoOptions(3, false), new BuildInfo("test"))) {
            InetSocketAddress address = demo.start();

            assertThat(becomesReady(address)).as("all of its streams").isTrue();
            try (InputStream in = URI.create("http://127.0.0.1:" + address.getPort() + "/streams").toURL().openStream()) {
                assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).contains("\"name\":\"front\",\"title\":\"Front camera\"",
                        "\"name\":\"wrist\",\"title\":\"Wrist camera\"", "\"name\":\"camera3\",\"title\":\"Camera 3\"")
                        .doesNotContain("\"source\":\"absent\"");
            }
        }
    }

    @Test
    @Tag("tools")
    @Timeout(60)
    void aSecondServerHasTheSameFromTheFirst() throws IOException {
        Settings settings = new SettingsParser(Clock.systemUTC()).parse(Map.of("SDR_NATS_URL", "none",
                "SDR_LISTEN_ADDR", "127.0.0.1:0")).settings().orElseThrow();
        try (Demo demo = new Demo(settings, new DemoOptions(2, true), new BuildInfo("test"))) {
            demo.start();
            InetSocketAddress edge = demo.edgeAddress().orElseThrow();

            assertThat(becomesReady(edge)).isTrue();
            try (Socket viewer = new Socket(edge.getAddress(), edge.getPort())) {
                viewer.setSoTimeout(20_000);
                viewer.getOutputStream().write(HANDSHAKE.getBytes(StandardCharsets.US_ASCII));
                DataInputStream in = new DataInputStream(viewer.getInputStream());
                StringBuilder head = new StringBuilder();
                while (head.indexOf("\r\n\r\n") < 0) {
                    head.append((char) in.readUnsignedByte());
                }
                assertThat(head.toString()).startsWith("HTTP/1.1 101 ");
                assertThat(in.readNBytes(1)).as("a binary message").containsExactly(0x82);
            }
        }
    }

    @Test
    void aDemoLooksForNatsOnlyIfToldTo() {
        assertThat(Demo.environment(Map.of())).containsEntry("SDR_NATS_URL", "none");
        assertThat(Demo.environment(Map.of("SDR_NATS_URL", ""))).containsEntry("SDR_NATS_URL", "none");
        assertThat(Demo.environment(Map.of("SDR_NATS_URL", "nats://n:4222", "SDR_LOG_LEVEL", "debug")))
                .containsEntry("SDR_NATS_URL", "nats://n:4222").containsEntry("SDR_LOG_LEVEL", "debug");
    }

    private static boolean becomesReady(InetSocketAddress address) throws IOException {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (System.nanoTime() < deadlineNanos) {
            HttpURLConnection connection = (HttpURLConnection) URI.create("http://127.0.0.1:" + address.getPort() + "/ready")
                    .toURL().openConnection(Proxy.NO_PROXY);
            if (connection.getResponseCode() == 200) {
                return true;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        return false;
    }
}

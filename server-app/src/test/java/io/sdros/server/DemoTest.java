package io.sdros.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.server.settings.Settings;
import io.sdros.server.settings.SettingsParser;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DemoTest {

    /** The size is that of the robot's region; the demo has its own, and its pictures must fit. */
    @Test
    @Timeout(60)
    void showsItsClipHoweverSmallTheRegionIsSetTo() throws IOException {
        Settings settings = new SettingsParser(Clock.systemUTC()).parse(Map.of("SDR_NATS_URL", "none",
                "SDR_LISTEN_ADDR", "127.0.0.1:0", "SDR_SHM_SIZE", "48")).settings().orElseThrow();
        try (Demo demo = new Demo(settings, new BuildInfo("test"))) {
            InetSocketAddress address = demo.start();

            assertThat(becomesReady(address)).isTrue();
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

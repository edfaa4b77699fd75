package io.sdros.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.server.settings.Settings;
import io.sdros.server.settings.SettingsParser;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HealthCheckTest {

    @Test
    void asksTheLoopbackAddressOfAServerThatListensEverywhere() throws UnknownHostException {
        assertThat(HealthCheck.reachable(InetAddress.getByName("0.0.0.0")).getHostAddress()).isEqualTo("127.0.0.1");
        assertThat(HealthCheck.reachable(InetAddress.getByName("::"))).isEqualTo(InetAddress.getByName("::1"));
    }

    @Test
    void asksTheAddressThatIsListenedOn() throws UnknownHostException {
        InetAddress one = InetAddress.getByName("192.0.2.7");

        assertThat(HealthCheck.reachable(one)).isEqualTo(one);
        assertThat(uri("192.0.2.7:8081")).isEqualTo("http://192.0.2.7:8081/health");
        assertThat(uri("[::1]:8081")).isEqualTo("http://[0:0:0:0:0:0:0:1]:8081/health");
    }

    private static String uri(String listenAddress) {
        Settings settings = new SettingsParser(Clock.systemUTC()).parse(Map.of("SDR_LISTEN_ADDR", listenAddress))
                .settings().orElseThrow();
        return new HealthCheck(settings, Duration.ofSeconds(1)).uri().toString();
    }
}

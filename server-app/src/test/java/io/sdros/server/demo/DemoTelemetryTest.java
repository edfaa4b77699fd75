package io.sdros.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DemoTelemetryTest {

    @Test
    void thePoseComesBackAfterALap() {
        assertThat(text(DemoTelemetry.pose(0))).isEqualTo("{\"x\":0.000,\"y\":0.000,\"heading\":0.785}");
        assertThat(text(DemoTelemetry.pose(3))).contains("\"x\":2.000");
    }

    @Test
    void theBatteryDrains() {
        assertThat(text(DemoTelemetry.battery(0))).isEqualTo("{\"charge\":1.000,\"volts\":25.20}");
        assertThat(text(DemoTelemetry.battery(1_800))).isEqualTo("{\"charge\":0.500,\"volts\":23.70}");
    }

    private static String text(byte[] payload) {
        return new String(payload, StandardCharsets.UTF_8);
    }
}

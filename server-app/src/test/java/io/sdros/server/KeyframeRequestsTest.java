package io.sdros.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.fanout.KeyframeRequestReason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyframeRequestsTest {

    @Test
    void writesReasonAndClientsAsTheContractSays() {
        Recording backplane = new Recording();
        KeyframeRequests requests = new KeyframeRequests(backplane);

        assertThat(requests.request(KeyframeRequestReason.JOIN, 1)).isTrue();
        assertThat(requests.request(KeyframeRequestReason.LAG, 12)).isTrue();
        assertThat(requests.request(KeyframeRequestReason.TIMEOUT, 3)).isTrue();

        assertThat(backplane.sent).containsExactly(
                "{\"reason\":\"join\",\"clients\":1}",
                "{\"reason\":\"lag\",\"clients\":12}",
                "{\"reason\":\"timeout\",\"clients\":3}");
    }

    @Test
    void saysWhenARequestCouldNotBePassedOn() {
        assertThat(new KeyframeRequests(new NoBackplane()).request(KeyframeRequestReason.JOIN, 1)).isFalse();
    }

    private static final class Recording implements Backplane {
        private final List<String> sent = new ArrayList<>();

        @Override
        public void start(TelemetryFeed feed) {
        }

        @Override
        public boolean requestKeyframe(byte[] json) {
            return sent.add(new String(json, StandardCharsets.UTF_8));
        }

        @Override
        public String natsState() {
            return "connected";
        }

        @Override
        public NatsMetrics metrics() {
            return NatsMetrics.off();
        }

        @Override
        public void close() {
        }
    }
}

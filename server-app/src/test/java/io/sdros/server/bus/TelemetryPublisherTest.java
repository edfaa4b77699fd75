package io.sdros.server.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.fanout.LatestValueSubscription;
import io.sdros.transport.undertow.TelemetryMessage;
import java.util.List;
import org.junit.jupiter.api.Test;

class TelemetryPublisherTest {

    @Test
    void aNewcomerIsNotToldWhatIsExcluded() {
        TelemetryPublisher publisher = new TelemetryPublisher(256, List.of("command.>", "telemetry.safety.*"));
        LatestValueSubscription<String, TelemetryMessage> early = publisher.broadcaster().subscribe();
        List<String> subjects = List.of("command.genesis.ack", "telemetry.safety.estop", "telemetry.state");

        subjects.forEach(subject -> publisher.publish(subject, new byte[] {1}));

        assertThat(count(early)).as("whoever is there gets them all").isEqualTo(subjects.size());
        assertThat(count(publisher.broadcaster().subscribe())).as("a newcomer").isEqualTo(1);
        assertThat(publisher.broadcaster().statistics().cachedKeys()).isEqualTo(1);
        assertThat(publisher.counters().receivedBySubject()).containsOnlyKeys(subjects);
    }

    private static int count(LatestValueSubscription<String, TelemetryMessage> subscription) {
        int count = 0;
        while (subscription.poll() != null) {
            count++;
        }
        return count;
    }
}

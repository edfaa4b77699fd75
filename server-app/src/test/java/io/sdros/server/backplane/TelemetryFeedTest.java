package io.sdros.server.backplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.fanout.LatestValueSubscription;
import io.sdros.transport.undertow.TelemetryMessage;
import java.util.List;
import org.junit.jupiter.api.Test;

class TelemetryFeedTest {

    @Test
    void aNewcomerIsNotToldWhatIsExcluded() {
        TelemetryFeed feed = new TelemetryFeed(256, List.of("command.>", "telemetry.safety.*"));
        LatestValueSubscription<String, TelemetryMessage> early = feed.broadcaster().subscribe();
        List<String> subjects = List.of("command.genesis.ack", "telemetry.safety.estop", "telemetry.state");

        subjects.forEach(subject -> feed.publish(subject, new byte[] {1}));

        assertThat(count(early)).as("whoever is there gets them all").isEqualTo(subjects.size());
        assertThat(count(feed.broadcaster().subscribe())).as("a newcomer").isEqualTo(1);
        assertThat(feed.broadcaster().statistics().cachedKeys()).isEqualTo(1);
        assertThat(feed.counters().receivedBySubject()).containsOnlyKeys(subjects);
    }

    private static int count(LatestValueSubscription<String, TelemetryMessage> subscription) {
        int count = 0;
        while (subscription.poll() != null) {
            count++;
        }
        return count;
    }
}

package io.sdros.server.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.fanout.LatestValueSubscription;
import io.sdros.transport.undertow.TelemetryMessage;
import java.util.List;
import org.junit.jupiter.api.Test;

class TelemetryPublisherTest {

    private static final List<String> ALL = List.of("telemetry.>", "command.>");

    @Test
    void aNewcomerIsNotToldWhatIsExcluded() {
        TelemetryPublisher publisher = new TelemetryPublisher(256, List.of("command.>", "telemetry.safety.*"));
        LatestValueSubscription<String, TelemetryMessage> early = publisher.broadcaster(ALL).subscribe();
        List<String> subjects = List.of("command.genesis.ack", "telemetry.safety.estop", "telemetry.state");

        subjects.forEach(subject -> publisher.publish(subject, new byte[] {1}));

        assertThat(count(early)).as("whoever is there gets them all").isEqualTo(subjects.size());
        assertThat(count(publisher.broadcaster(ALL).subscribe())).as("a newcomer").isEqualTo(1);
        assertThat(publisher.broadcaster(ALL).statistics().cachedKeys()).isEqualTo(1);
        assertThat(publisher.counters().receivedBySubject()).containsOnlyKeys(subjects);
    }

    @Test
    void viewersGetWhatTheFiltersOfTheirStreamLetThrough() {
        TelemetryPublisher publisher = new TelemetryPublisher(256, List.of());
        LatestValueSubscription<String, TelemetryMessage> all = publisher.broadcaster(ALL).subscribe();
        LatestValueSubscription<String, TelemetryMessage> arm = publisher.broadcaster(List.of("telemetry.arm.>")).subscribe();

        List.of("telemetry.arm.joints", "telemetry.battery", "command.ack").forEach(subject -> publisher.publish(subject, new byte[] {1}));

        assertThat(count(all)).isEqualTo(3);
        assertThat(count(arm)).isEqualTo(1);
        assertThat(publisher.broadcaster(List.of("telemetry.arm.>"))).as("the same filters, the same messages")
                .isSameAs(publisher.broadcaster(List.of("telemetry.arm.>")));
        assertThat(publisher.counters().receivedBySubject().values()).as("each counted once").containsOnly(1L);
    }

    private static int count(LatestValueSubscription<String, TelemetryMessage> subscription) {
        int count = 0;
        while (subscription.poll() != null) {
            count++;
        }
        return count;
    }
}

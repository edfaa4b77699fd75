package io.sdros.server.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.fanout.KeyframeRequestReason;
import io.sdros.fanout.KeyframeRequestStatistics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class KeyframeRequestSenderTest {

    @Test
    void writesReasonAndClientsAsTheContractSays() {
        Recording bus = new Recording();
        KeyframeRequestSender requests = new KeyframeRequestSender(new BusUpstream("front", false, bus));

        assertThat(requests.request(KeyframeRequestReason.JOIN, 1)).isTrue();
        assertThat(requests.request(KeyframeRequestReason.LAG, 12)).isTrue();
        assertThat(requests.request(KeyframeRequestReason.TIMEOUT, 3)).isTrue();

        assertThat(bus.sent).containsExactly(
                "{\"reason\":\"join\",\"clients\":1}",
                "{\"reason\":\"lag\",\"clients\":12}",
                "{\"reason\":\"timeout\",\"clients\":3}");
    }

    @Test
    void aStreamWithANameIsNamed() {
        Recording bus = new Recording();

        new KeyframeRequestSender(new BusUpstream("arm.wrist", true, bus)).request(KeyframeRequestReason.LAG, 2);

        assertThat(bus.sent).containsExactly("{\"reason\":\"lag\",\"clients\":2,\"stream\":\"arm.wrist\"}");
    }

    @Test
    void aRequestCountsAsSentOnceItIsTakenAndAsFailedIfItIsRefused() {
        Recording bus = new Recording();
        KeyframeRequestSender requests = new KeyframeRequestSender(new BusUpstream("front", false, bus));
        KeyframeRequestStatistics counted = new KeyframeRequestStatistics(3, 4, 5);
        for (int i = 0; i < 3; i++) {
            requests.request(KeyframeRequestReason.LAG, 1);
        }

        assertThat(requests.corrected(counted)).as("nothing is known").isEqualTo(new KeyframeRequestStatistics(0, 4, 5));
        bus.fates.get(1).accept(false);
        assertThat(requests.lastAgeNanos()).as("nobody was asked").isEmpty();
        long beforeNanos = System.nanoTime();
        bus.fates.get(0).accept(true);
        long ageNanos = requests.lastAgeNanos().orElseThrow();
        assertThat(ageNanos).isBetween(0L, System.nanoTime() - beforeNanos);
        assertThat(requests.corrected(counted)).isEqualTo(new KeyframeRequestStatistics(1, 4, 6));
    }

    @Test
    void oneOfSeveralCopiesThatIsTakenIsEnough() {
        List<Boolean> fates = new ArrayList<>();
        AnyTaken one = copies(fates, 2);
        one.decided(false);
        one.decided(true);
        assertThat(fates).containsExactly(true);
        AnyTaken none = copies(fates, 2);
        none.decided(false);
        assertThat(fates).hasSize(1);
        none.decided(false);
        assertThat(fates).containsExactly(true, false);
    }

    @Test
    void copiesThatCannotBeHandedOutDoNotCount() {
        List<Boolean> fates = new ArrayList<>();
        AnyTaken copies = new AnyTaken(fates::add);
        copies.add();
        copies.withdraw();
        copies.add();
        copies.decided(false);
        assertThat(fates).as("there may be more").isEmpty();
        copies.complete();
        assertThat(fates).containsExactly(false);
    }

    private static AnyTaken copies(List<Boolean> fates, int count) {
        AnyTaken copies = new AnyTaken(fates::add);
        for (int i = 0; i < count; i++) {
            copies.add();
        }
        copies.complete();
        return copies;
    }

    @Test
    void saysWhenARequestCouldNotBePassedOn() {
        assertThat(new KeyframeRequestSender(new BusUpstream("front", false, new NoBus()))
                .request(KeyframeRequestReason.JOIN, 1)).isFalse();
    }

    private static final class Recording implements MessageBus {
        private final List<String> sent = new ArrayList<>();
        private final List<Consumer<Boolean>> fates = new ArrayList<>();

        @Override
        public void start(TelemetryPublisher publisher) {
        }

        @Override
        public boolean requestKeyframe(String stream, byte[] json, Consumer<Boolean> fate) {
            fates.add(fate);
            return sent.add(new String(json, StandardCharsets.UTF_8));
        }

        @Override
        public String natsState() {
            return "connected";
        }

        @Override
        public void close() {
        }
    }
}

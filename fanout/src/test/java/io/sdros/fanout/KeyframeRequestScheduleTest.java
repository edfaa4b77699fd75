package io.sdros.fanout;

import static io.sdros.fanout.KeyframeRequestReason.JOIN;
import static io.sdros.fanout.KeyframeRequestReason.LAG;
import static io.sdros.fanout.KeyframeRequestReason.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyframeRequestScheduleTest {

    private static final long INTERVAL = 500;

    private final List<KeyframeRequestReason> sent = new ArrayList<>();
    private boolean sinkWorks = true;
    private final KeyframeRequestSchedule requests = new KeyframeRequestSchedule((reason, clients) -> {
        sent.add(reason);
        return sinkWorks;
    }, INTERVAL);

    private void need(KeyframeRequestReason reason, long now) {
        requests.need(reason, now, now);
    }

    @Test
    void asksNobodyWithoutNeed() {
        requests.service(0, 3);
        assertThat(sent).isEmpty();
    }

    @Test
    void sendsTheFirstAtOnce() {
        need(JOIN, 0);
        requests.service(0, 1);
        assertThat(sent).containsExactly(JOIN);
        assertThat(requests.statistics()).isEqualTo(new KeyframeRequestStatistics(1, 0, 0));
    }

    @Test
    void sendsOneForSeveralNeeds() {
        need(LAG, 0);
        need(JOIN, 0);
        requests.service(0, 2);
        requests.service(1, 2);
        assertThat(sent).containsExactly(LAG);
        assertThat(requests.statistics()).isEqualTo(new KeyframeRequestStatistics(1, 1, 0));
    }

    @Test
    void repeatsUnansweredOnesOncePerInterval() {
        need(JOIN, 0);
        requests.service(0, 1);
        requests.service(INTERVAL - 1, 1);
        assertThat(sent).containsExactly(JOIN);
        requests.service(INTERVAL, 1);
        requests.service(2 * INTERVAL - 1, 1);
        assertThat(sent).containsExactly(JOIN, TIMEOUT);
        requests.service(2 * INTERVAL, 1);
        assertThat(sent).containsExactly(JOIN, TIMEOUT, TIMEOUT);
    }

    @Test
    void aKeyframeClearsTheNeed() {
        need(JOIN, 0);
        requests.answered();
        requests.service(0, 1);
        assertThat(sent).as("before it was sent").isEmpty();
        need(JOIN, 0);
        requests.service(0, 1);
        requests.answered();
        requests.service(10 * INTERVAL, 1);
        assertThat(sent).as("and after").containsExactly(JOIN);
    }

    @Test
    void holdsANeedBackUntilTheIntervalHasPassed() {
        need(JOIN, 0);
        requests.service(0, 1);
        requests.answered();
        need(LAG, 100);
        requests.service(100, 1);
        requests.service(INTERVAL - 1, 1);
        assertThat(sent).containsExactly(JOIN);
        requests.service(INTERVAL, 1);
        assertThat(sent).containsExactly(JOIN, LAG);
        assertThat(requests.statistics()).isEqualTo(new KeyframeRequestStatistics(2, 1, 0));
    }

    @Test
    void dropsAHeldBackNeedWhenAKeyframeComesMeanwhile() {
        need(JOIN, 0);
        requests.service(0, 1);
        requests.answered();
        need(LAG, 100);
        requests.answered();
        requests.service(INTERVAL, 1);
        assertThat(sent).containsExactly(JOIN);
    }

    @Test
    void countsANeedWhileOneIsUnansweredAsCoalesced() {
        need(JOIN, 0);
        requests.service(0, 1);
        need(LAG, 600);
        requests.service(600, 2);
        assertThat(sent).containsExactly(JOIN, TIMEOUT);
        assertThat(requests.statistics()).isEqualTo(new KeyframeRequestStatistics(2, 1, 0));
    }

    @Test
    void triesAFailedOneAgainAfterTheIntervalWithItsReason() {
        sinkWorks = false;
        need(LAG, 0);
        requests.service(0, 1);
        requests.service(INTERVAL - 1, 1);
        assertThat(sent).containsExactly(LAG);
        sinkWorks = true;
        requests.service(INTERVAL, 1);
        assertThat(sent).containsExactly(LAG, LAG);
        assertThat(requests.statistics()).isEqualTo(new KeyframeRequestStatistics(1, 0, 1));
    }

    @Test
    void aSinkThatThrowsHasFailed() {
        KeyframeRequestSchedule broken = new KeyframeRequestSchedule((reason, clients) -> {
            throw new IllegalStateException("no connection");
        }, INTERVAL);
        broken.need(JOIN, 0, 0);
        broken.service(0, 1);
        assertThat(broken.statistics()).isEqualTo(new KeyframeRequestStatistics(0, 0, 1));
    }

    @Test
    void isOverWhenNobodyWaitsAnyMore() {
        need(JOIN, 0);
        requests.service(0, 0);
        requests.service(0, 1);
        assertThat(sent).isEmpty();
    }

    @Test
    void waitsForTheEarliestOfSeveralNeeds() {
        requests.need(LAG, 2000, 100);
        requests.service(100, 1);
        assertThat(sent).as("one whose budget is used up").isEmpty();
        requests.need(LAG, 300, 300);
        requests.service(300, 2);
        assertThat(sent).as("another's").containsExactly(LAG);
    }
}

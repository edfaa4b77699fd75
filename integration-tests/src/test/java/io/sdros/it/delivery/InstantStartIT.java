package io.sdros.it.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.JoiningClients;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A picture at once for whoever joins, in a stream with a keyframe every two seconds. How fast: docs/performance.md. */
final class InstantStartIT {

    /** Far less than the wait for the next keyframe would be on average. */
    private static final Duration MEDIAN_FIRST_PICTURE = Duration.ofMillis(500);
    private static final Duration BEHIND_THE_OTHERS = Duration.ofMillis(250);

    @Test
    void joinersBeginWithTheNewestKeyframeAndGoOnLiveWithoutAGap() {
        try (JoiningClients clients = new JoiningClients(60_000, 6_000)) {
            List<JoiningClients.Join> joins = clients.joins(20);

            assertThat(joins).allSatisfy(join -> {
                long first = join.frames().get(0);
                long last = join.frames().get(join.frames().size() - 1);
                assertThat(join.keyframeFirst()).isTrue();
                assertThat(first).as("no older group than the newest").isGreaterThanOrEqualTo(join.keyframeBefore());
                assertThat(join.frames()).isEqualTo(clients.available(first, last));
            });
            assertThat(joins.stream().map(JoiningClients.Join::firstNanos).sorted().toList().get(joins.size() / 2))
                    .isLessThan(MEDIAN_FIRST_PICTURE.toNanos());
            assertThat(joins.stream().map(JoiningClients.Join::behindNanos).sorted().toList().get(joins.size() / 2))
                    .as("no delay is left of catching up").isLessThan(BEHIND_THE_OTHERS.toNanos());
        }
    }
}

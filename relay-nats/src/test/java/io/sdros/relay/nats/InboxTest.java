package io.sdros.relay.nats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InboxTest {

    private static final int MOST_BYTES = 100_000;
    private static final long MOST_NANOS = 2_000;
    /** It passes the end of the numbers. */
    private static final long NOW = Long.MAX_VALUE - 1_000;

    private final Inbox inbox = new Inbox(MOST_BYTES, MOST_NANOS);
    private final List<String> ran = new ArrayList<>();

    @Test
    void messagesOfNoBytesTakeMemoryToo() {
        int taken = 0;
        while (taken < MOST_BYTES && inbox.put(() -> { }, 0, NOW)) {
            taken++;
        }
        assertThat(taken).isBetween(1, MOST_BYTES / 100);
        assertThat(inbox.takeRefused()).isEqualTo(1);
        assertThat(inbox.takeRefused()).isZero();
    }

    @Test
    void whatHasWaitedForTooLongIsLeftOutAndItsRoomIsFree() {
        inbox.put(() -> ran.add("old"), MOST_BYTES / 2, NOW);
        inbox.putAnyway(() -> ran.add("connected"));
        inbox.put(() -> ran.add("new"), 0, NOW + 1);
        while (inbox.runNext(NOW + 1 + MOST_NANOS)) {
            continue;
        }
        assertThat(ran).containsExactly("connected", "new");
        assertThat(inbox.takeRefused()).isEqualTo(1);
        assertThat(inbox.isEmpty()).isTrue();
        assertThat(inbox.put(() -> { }, MOST_BYTES - 1_000, NOW)).isTrue();
    }

    @Test
    void whatMustNotBeLeftOutIsTakenInItsOrderThoughThereIsNoRoom() {
        assertThat(inbox.put(() -> ran.add("frame"), MOST_BYTES / 2, NOW)).isTrue();
        assertThat(inbox.put(() -> ran.add("another"), MOST_BYTES / 2, NOW)).isFalse();
        inbox.putAnyway(() -> ran.add("connected"));
        while (inbox.runNext(NOW)) {
            continue;
        }
        assertThat(ran).containsExactly("frame", "connected");
        assertThat(inbox.put(() -> { }, MOST_BYTES / 2, NOW)).as("there is room again").isTrue();
    }
}

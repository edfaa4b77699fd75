package io.sdros.relay.nats.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InboxTest {

    private static final int MOST_BYTES = 100_000;

    private final Inbox inbox = new Inbox(MOST_BYTES);
    private final List<String> ran = new ArrayList<>();

    @Test
    void messagesOfNoBytesTakeMemoryToo() {
        int taken = 0;
        while (taken < MOST_BYTES && inbox.put(() -> { }, 0)) {
            taken++;
        }
        assertThat(taken).isBetween(1, MOST_BYTES / 100);
        assertThat(inbox.takeRefused()).isEqualTo(1);
        assertThat(inbox.takeRefused()).isZero();
    }

    @Test
    void whatMustNotBeLeftOutIsTakenInItsOrderThoughThereIsNoRoom() {
        assertThat(inbox.put(() -> ran.add("frame"), MOST_BYTES / 2)).isTrue();
        assertThat(inbox.put(() -> ran.add("another"), MOST_BYTES / 2)).isFalse();
        inbox.putAnyway(() -> ran.add("connected"));
        while (inbox.runNext()) {
            continue;
        }
        assertThat(ran).containsExactly("frame", "connected");
        assertThat(inbox.put(() -> { }, MOST_BYTES / 2)).as("there is room again").isTrue();
    }
}

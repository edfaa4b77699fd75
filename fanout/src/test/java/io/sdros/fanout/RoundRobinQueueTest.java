package io.sdros.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RoundRobinQueueTest {

    private final Map<String, Topic<String, String>> topics = new HashMap<>();
    private final List<String> lost = new ArrayList<>();
    private final RoundRobinQueue<String, String> queue = new RoundRobinQueue<>(8, 1000);
    private long number;

    private void add(String message, int sizeBytes) {
        EvictedKeys<String> evicted = new EvictedKeys<>();
        Topic<String, String> topic = topics.computeIfAbsent(message.substring(0, 1), Topic::new);
        queue.add(new KeyedMessage<>(topic, message, sizeBytes, number++), evicted);
        evicted.tell((key, times) -> lost.addAll(Collections.nCopies(times, key)));
    }

    private void add(String... messages) {
        for (String message : messages) {
            add(message, 1);
        }
    }

    private String poll() {
        KeyedMessage<String, String> next = queue.poll(Integer.MAX_VALUE);
        return next == null ? null : next.message();
    }

    private List<String> drain() {
        List<String> messages = new ArrayList<>();
        for (String message = poll(); message != null; message = poll()) {
            messages.add(message);
        }
        return messages;
    }

    @Test
    void keysTakeTurnsAndEachKeepsItsOrder() {
        add("a1", "a2", "a3", "b1", "b2", "c1");
        assertThat(drain()).containsExactly("a1", "b1", "c1", "a2", "b2", "a3");
    }

    @Test
    void oneThatHasJustBeenServedIsBehindTheOthers() {
        add("a1", "b1", "b2", "b3");
        assertThat(poll()).isEqualTo("a1");
        add("a2");
        assertThat(poll()).isEqualTo("b1");
        assertThat(poll()).isEqualTo("b2");
        add("a3");
        assertThat(drain()).as("one each").containsExactly("a2", "b3", "a3");
    }

    @Test
    void theKeyWithMostMessagesGivesWay() {
        add("s1", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9");
        assertThat(lost).containsExactly("f", "f");
        assertThat(drain()).containsExactly("s1", "f3", "f4", "f5", "f6", "f7", "f8", "f9");
    }

    @Test
    void whoLosesMessagesDoesNotLoseItsTurn() {
        add("s1", "s2");
        for (int i = 0; i < 100; i++) {
            add("f" + i);
        }
        assertThat(poll()).isEqualTo("s1");
        assertThat(poll()).isEqualTo("f94");
    }

    @Test
    void theKeyWithMostBytesGivesWay() {
        add("s1", "s2", "s3");
        add("f1", 600);
        add("f2", 600);
        assertThat(lost).containsExactly("f");
        assertThat(drain()).containsExactly("s1", "f2", "s2", "s3");
    }

    @Test
    void amongEqualsTheOldestGoes() {
        add("a", "b", "c", "d", "e", "f", "g", "h", "i");
        assertThat(lost).containsExactly("a");
    }

    @Test
    void aSingleMessageWaitsWhateverItsSize() {
        add("a1", 5000);
        assertThat(drain()).containsExactly("a1");
        add("a2", 1);
        add("b1", 5000);
        assertThat(lost).containsExactly("b");
        assertThat(drain()).containsExactly("a2");
    }

    @Test
    void whatIsTooLargeStays() {
        add("a1", 100);
        assertThat(queue.poll(99)).isNull();
        assertThat(queue.poll(100)).isNotNull();
    }

    @Test
    void whatIsTooOldIsForgotten() {
        add("a1", "b1", "a2", "b2", "c1");
        EvictedKeys<String> evicted = new EvictedKeys<>();
        queue.forgetBefore(3, evicted);
        assertThat(evicted.tell((key, times) -> { })).isEqualTo(3);
        assertThat(drain()).containsExactlyInAnyOrder("b2", "c1");
    }

    /** Against a simple model: what comes out or is lost is what went in, each key in order, within the bounds. */
    @Test
    void nothingVanishesNorComesTwice() {
        Random random = new Random(3);
        int in = 0;
        int out = 0;
        Map<Character, Integer> last = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            if (random.nextInt(100) < 55) {
                add((char) ('a' + random.nextInt(5)) + "" + i, 1 + random.nextInt(300));
                in++;
            } else {
                String message = poll();
                if (message != null) {
                    out++;
                    int now = Integer.parseInt(message.substring(1));
                    assertThat(last.getOrDefault(message.charAt(0), -1)).isLessThan(now);
                    last.put(message.charAt(0), now);
                }
            }
            assertThat(queue.size()).isLessThanOrEqualTo(8);
        }
        assertThat(out + drain().size() + lost.size()).isEqualTo(in);
        assertThat(lost).isNotEmpty();
    }
}

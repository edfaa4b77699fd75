package io.sdros.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every queue between one producer and one subscriber keeps to, whatever it is wrapped in. */
abstract class DropOldestContract {

    /** A queue of numbers as one producer and one consumer see it. */
    interface Lane {
        void offer(Integer number);

        /** @return the next number, null if there is none */
        Integer poll();

        long evictions();

        /** The consumer leaves; what is held is let go of, what is offered from now on is not kept. */
        void close();
    }

    abstract Lane lane(int capacity);

    private static List<Integer> drain(Lane lane) {
        List<Integer> numbers = new ArrayList<>();
        for (Integer number = lane.poll(); number != null; number = lane.poll()) {
            numbers.add(number);
        }
        return numbers;
    }

    private static List<Integer> range(int from, int to) {
        List<Integer> numbers = new ArrayList<>();
        for (int i = from; i < to; i++) {
            numbers.add(i);
        }
        return numbers;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 32, 64, 100})
    void isEmptyAtFirstAndAfterTheLast(int capacity) {
        Lane lane = lane(capacity);
        assertThat(lane.poll()).isNull();
        lane.offer(0);
        assertThat(lane.poll()).isZero();
        assertThat(lane.poll()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 32, 64, 100})
    void holdsExactlyItsCapacityInOrder(int capacity) {
        Lane lane = lane(capacity);
        range(0, capacity).forEach(lane::offer);
        assertThat(lane.evictions()).isZero();
        assertThat(drain(lane)).isEqualTo(range(0, capacity));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 32, 64, 100})
    void dropsTheOldestWhenFull(int capacity) {
        Lane lane = lane(capacity);
        range(0, capacity + 3).forEach(lane::offer);
        assertThat(lane.evictions()).isEqualTo(3);
        assertThat(drain(lane)).isEqualTo(range(3, capacity + 3));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 32, 64, 100})
    void goesRoundManyTimes(int capacity) {
        Lane lane = lane(capacity);
        for (int i = 0; i < capacity * 5 + 7; i++) {
            lane.offer(i);
            assertThat(lane.poll()).isEqualTo(i);
        }
        range(0, capacity * 4 + 1).forEach(lane::offer);
        assertThat(drain(lane)).isEqualTo(range(capacity * 3 + 1, capacity * 4 + 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 32, 64, 100})
    void handsEachNumberToTheConsumerOrEvictsItWhileBothAreAtWork(int capacity) throws Exception {
        int numbers = 100_000;
        Lane lane = lane(capacity);
        CompletableFuture<List<Integer>> consumer = CompletableFuture.supplyAsync(() -> pollUntil(lane, numbers - 1));
        range(0, numbers).forEach(lane::offer);
        List<Integer> polled = consumer.get(30, TimeUnit.SECONDS);
        assertThat(polled).as("in order, none twice").isSorted().doesNotHaveDuplicates();
        assertThat(polled.size() + lane.evictions()).as("none lost").isEqualTo(numbers);
        assertThat(lane.poll()).isNull();
    }

    /** The last number offered is never evicted, so it always comes. */
    private static List<Integer> pollUntil(Lane lane, int last) {
        List<Integer> polled = new ArrayList<>();
        while (polled.isEmpty() || polled.get(polled.size() - 1) != last) {
            Integer number = lane.poll();
            if (number != null) {
                polled.add(number);
            } else {
                Thread.onSpinWait();
            }
        }
        return polled;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 32, 64, 100})
    void holdsNothingAfterItsConsumerHasLeft(int capacity) {
        Lane lane = lane(capacity);
        range(0, capacity + 1).forEach(lane::offer);
        lane.close();
        assertThat(lane.poll()).isNull();
        range(0, capacity + 1).forEach(lane::offer);
        assertThat(lane.poll()).isNull();
        lane.close();
    }

    @Test
    void takesNoNull() {
        Lane lane = lane(4);
        assertThatNullPointerException().isThrownBy(() -> lane.offer(null));
        assertThat(lane.poll()).isNull();
        lane.offer(1);
        assertThat(lane.poll()).isEqualTo(1);
    }
}

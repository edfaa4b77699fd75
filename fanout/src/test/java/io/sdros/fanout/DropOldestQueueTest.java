package io.sdros.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DropOldestQueueTest extends DropOldestContract {

    @Override
    Lane lane(int capacity) {
        DropOldestQueue<Integer> queue = new DropOldestQueue<>(capacity);
        return new Lane() {
            private long evictions;
            private boolean closed;

            @Override
            public void offer(Integer number) {
                if (!closed && queue.offer(number) != null) {
                    evictions++;
                }
            }

            @Override
            public Integer poll() {
                return queue.poll();
            }

            @Override
            public long evictions() {
                return evictions;
            }

            @Override
            public void close() {
                closed = true; // whoever owns a queue stops offering first, then empties it
                queue.clear();
            }
        };
    }

    @Test
    void returnsWhatItEvicts() {
        DropOldestQueue<String> queue = new DropOldestQueue<>(3);
        assertThat(queue.offer("a")).isNull();
        assertThat(queue.offer("b")).isNull();
        assertThat(queue.offer("c")).isNull();
        assertThat(queue.offer("d")).isEqualTo("a");
        assertThat(queue.size()).isEqualTo(3);
        queue.clear();
        assertThat(queue.size()).isZero();
        assertThat(queue.capacity()).isEqualTo(3);
    }

    @Test
    void refusesCapacitiesBelowOne() {
        assertThatIllegalArgumentException().isThrownBy(() -> new DropOldestQueue<>(0));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 7})
    void handsEachElementToExactlyOnePollOrEviction(int capacity) throws Exception {
        int elements = 200_000;
        DropOldestQueue<Integer> queue = new DropOldestQueue<>(capacity);
        AtomicIntegerArray seen = new AtomicIntegerArray(elements);
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Supplier<Boolean> consumer = () -> consume(queue, seen, done::get);
            CompletableFuture<Boolean> first = CompletableFuture.supplyAsync(consumer, threads);
            CompletableFuture<Boolean> second = CompletableFuture.supplyAsync(consumer, threads);
            for (int i = 0; i < elements; i++) {
                Integer evicted = queue.offer(i);
                if (evicted != null) {
                    seen.incrementAndGet(evicted);
                }
            }
            done.set(true);
            assertThat(first.get(30, TimeUnit.SECONDS)).as("order of the first consumer").isTrue();
            assertThat(second.get(30, TimeUnit.SECONDS)).as("order of the second consumer").isTrue();
        } finally {
            done.set(true);
            threads.shutdownNow();
        }
        for (int i = 0; i < elements; i++) {
            assertThat(seen.get(i)).as("element %d", i).isEqualTo(1);
        }
    }

    /** @return whether what this consumer got was in order */
    private static boolean consume(DropOldestQueue<Integer> queue, AtomicIntegerArray seen, BooleanSupplier done) {
        int last = -1;
        boolean ordered = true;
        for (; ; ) {
            boolean wasDone = done.getAsBoolean();
            Integer element = queue.poll();
            if (element != null) {
                seen.incrementAndGet(element);
                ordered &= element > last;
                last = element;
            } else if (wasDone) {
                return ordered;
            }
        }
    }
}

package io.sdros.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Publishing and servicing are one thread's business. */
class ProducerThreadTest {

    private static void ignore(Object anything) {
        // only that it can be called matters
    }

    private static List<Runnable> producerMethods(Broadcaster<String> broadcaster) {
        return List.of(() -> broadcaster.publish("message", true, 1), broadcaster::skipped, broadcaster::discontinuity,
                () -> ignore(broadcaster.service()));
    }

    @Test
    void anotherThreadIsToldBothNames() throws Exception {
        Broadcaster<String> broadcaster = Broadcaster.<String>builder().build();
        ExecutorService reader = Executors.newSingleThreadExecutor(task -> new Thread(task, "reader"));
        try {
            reader.submit(broadcaster::service).get(30, TimeUnit.SECONDS);
            String self = Thread.currentThread().getName();
            for (Runnable method : producerMethods(broadcaster)) {
                assertThatThrownBy(method::run).isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("\"reader\"").hasMessageContaining('"' + self + '"');
            }
            assertThat(broadcaster.statistics().published()).isZero();
            for (Runnable method : producerMethods(broadcaster)) {
                reader.submit(method).get(30, TimeUnit.SECONDS);
            }
        } finally {
            reader.shutdownNow();
        }
    }

    @Test
    void afterItsEndAnotherMayGoOn() throws Exception {
        Broadcaster<String> broadcaster = Broadcaster.<String>builder().build();
        Thread first = new Thread(() -> broadcaster.publish("first", true, 1));
        first.start();
        first.join();
        StreamSubscription<String> subscription = broadcaster.subscribe();
        producerMethods(broadcaster).get(3).run();
        assertThat(subscription.poll()).isEqualTo("first");
        CompletableFuture<Void> third = CompletableFuture.runAsync(broadcaster::skipped);
        assertThatThrownBy(() -> third.get(30, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void notFromAWakeUp() {
        Broadcaster<String> broadcaster = Broadcaster.<String>builder().build();
        List<Throwable> refused = new ArrayList<>();
        broadcaster.subscribe(
                new WakeupGroup(() -> producerMethods(broadcaster).forEach(method -> refuse(method, refused))));
        broadcaster.service();
        assertThat(refused).hasSize(4).hasOnlyElementsOfType(IllegalStateException.class);
        producerMethods(broadcaster).forEach(Runnable::run);
    }

    @Test
    void notFromAKeyframeRequest() {
        List<Throwable> refused = new ArrayList<>();
        List<Broadcaster<String>> own = new ArrayList<>();
        own.add(Broadcaster.<String>builder()
                .keyframeRequestSink((reason, clients) -> {
                    producerMethods(own.get(0)).forEach(method -> refuse(method, refused));
                    return true;
                })
                .build());
        own.get(0).subscribe();
        own.get(0).service();
        assertThat(refused).hasSize(4).hasOnlyElementsOfType(IllegalStateException.class);
        producerMethods(own.get(0)).forEach(Runnable::run);
    }

    private static void refuse(Runnable method, List<Throwable> refused) {
        try {
            method.run();
        } catch (IllegalStateException e) {
            refused.add(e);
        }
    }
}

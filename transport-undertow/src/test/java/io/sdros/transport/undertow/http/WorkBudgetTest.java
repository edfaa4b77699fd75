package io.sdros.transport.undertow.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.transport.undertow.Await;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xnio.XnioIoThread;

class WorkBudgetTest {

    private final HttpListener listener = new HttpListener(1);
    private final XnioIoThread thread = listener.ioThreads()[0];
    private final WorkBudget budget = new WorkBudget(thread, 64);
    private final Queue<String> taken = new ConcurrentLinkedQueue<>();

    @AfterEach
    void stop() throws InterruptedException {
        listener.stop();
    }

    @Test
    void newcomersGoFirst() {
        thread.execute(() -> {
            budget.defer(() -> taken.add("other"), false);
            budget.defer(() -> taken.add("newcomer"), true);
        });
        Await.until("both steps are taken", () -> taken.size() == 2);
        assertThat(taken).containsExactly("newcomer", "other");
    }

    @Test
    void stepsBehindOneThatThrowsAreTaken() {
        thread.execute(() -> {
            budget.defer(() -> {
                throw new OutOfMemoryError("of a test");
            }, true);
            budget.defer(() -> taken.add("newcomer"), true);
            budget.defer(() -> {
                throw new IllegalStateException("of a test");
            }, false);
            budget.defer(() -> taken.add("other"), false);
        });
        Await.until("both steps are taken", () -> taken.size() == 2);
        assertThat(taken).containsExactly("newcomer", "other");
    }

    @Test
    void aThreadThatEndsTakesNoStepAndFailsWithNone() {
        CompletableFuture<List<Boolean>> deferred = CompletableFuture.supplyAsync(() -> {
            boolean before = budget.defer(() -> taken.add("before"), true);
            listener.stopNow();
            return List.of(before, new WorkBudget(thread, 64).defer(() -> taken.add("after"), false));
        }, thread);
        assertThat(deferred.orTimeout(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS).join()).containsExactly(true, false);
        Await.until("it has ended", () -> !thread.isAlive());
        // Whether the first one's time comes before the end is a matter of a millisecond.
        assertThat(taken).doesNotContain("after");
    }
}

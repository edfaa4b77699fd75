package io.sdros.transport.undertow.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.transport.undertow.Await;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
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
}

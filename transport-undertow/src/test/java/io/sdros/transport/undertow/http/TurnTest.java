package io.sdros.transport.undertow.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.transport.undertow.Await;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xnio.XnioIoThread;

class TurnTest {

    private final HttpListener listener = new HttpListener(1);
    private final XnioIoThread thread = listener.ioThreads()[0];
    private final Turn turn = new Turn(thread, 64);
    private final Queue<String> taken = new ConcurrentLinkedQueue<>();

    @AfterEach
    void stop() throws InterruptedException {
        listener.stop();
    }

    @Test
    void newcomersGoFirst() {
        thread.execute(() -> {
            turn.later(() -> taken.add("other"), false);
            turn.later(() -> taken.add("newcomer"), true);
        });
        Await.until("both have had their turn", () -> taken.size() == 2);
        assertThat(taken).containsExactly("newcomer", "other");
    }

    @Test
    void whoComesAfterAStepThatThrowsStillHasHisTurn() {
        thread.execute(() -> {
            turn.later(() -> {
                throw new OutOfMemoryError("of a test");
            }, true);
            turn.later(() -> taken.add("newcomer"), true);
            turn.later(() -> {
                throw new IllegalStateException("of a test");
            }, false);
            turn.later(() -> taken.add("other"), false);
        });
        Await.until("both have had their turn", () -> taken.size() == 2);
        assertThat(taken).containsExactly("newcomer", "other");
    }
}

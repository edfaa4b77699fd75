package io.sdros.telemetry.nats;

import io.nats.client.Connection;
import io.sdros.telemetry.nats.NatsDenial.Operation;
import io.sdros.telemetry.nats.connection.ConnectionThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Finds out what became of published messages. A server answers a message only if it refuses it, but it answers in order:
 * once the answer to a later ping is here, what has not been refused has been taken. Any thread may add messages; the
 * ping is sent and waited for by a worker, one at a time.
 */
final class PublishFates {
    private static final Duration PATIENCE = Duration.ofSeconds(4);
    /**
     * So long the ping comes after the message. It and its answer wake five threads, which at once would be before those that
     * carry the message: 0.3 ms on two cores.
     */
    static final long PAUSE_NANOS = 20_000_000;

    private final Connection connection;
    private final ConnectionThreads threads;
    private final Denials denials;
    private final RelayCounters counters;
    private final ConcurrentLinkedQueue<Pending> pending = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean asking = new AtomicBoolean();

    private record Pending(String subject, long refusalsBefore, Consumer<Boolean> fate) {
    }

    PublishFates(Connection connection, ConnectionThreads threads, Denials denials, RelayCounters counters) {
        this.connection = connection;
        this.threads = threads;
        this.denials = denials;
        this.counters = counters;
    }

    /**
     * Follows a message that has been handed to the connection.
     *
     * @param refusalsBefore of its subject, before it was
     */
    void follow(String subject, long refusalsBefore, Consumer<Boolean> fate) {
        pending.add(new Pending(subject, refusalsBefore, fate));
        ask();
    }

    private void ask() {
        if (pending.isEmpty() || !asking.compareAndSet(false, true)) {
            return;
        }
        try {
            threads.workers().execute(this::askOnce);
        } catch (RejectedExecutionException e) {
            // The relay was closed meanwhile, so nobody will ever know.
            asking.set(false);
            drain().forEach(message -> tell(message, false));
        }
    }

    private void askOnce() {
        LockSupport.parkNanos(PAUSE_NANOS);
        List<Pending> asked = drain();
        boolean answered = false;
        try {
            answered = answered();
        } finally {
            asking.set(false);
            for (Pending message : asked) {
                boolean taken = answered
                        && denials.refusals(Operation.PUBLISH, message.subject) == message.refusalsBefore;
                if (taken) {
                    denials.allowed(Operation.PUBLISH, message.subject);
                }
                tell(message, taken);
            }
            // What came after the ping was sent found somebody asking already.
            ask();
        }
    }

    private void tell(Pending message, boolean taken) {
        try {
            message.fate.accept(taken);
        } catch (RuntimeException e) {
            counters.listenerFailures.increment();
        }
    }

    private boolean answered() {
        try {
            connection.flush(PATIENCE);
            threads.awaitEvents();
            // A connection that has ended answers at once.
            return connection.getStatus() == Connection.Status.CONNECTED;
        } catch (TimeoutException | IllegalStateException | RejectedExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private List<Pending> drain() {
        List<Pending> drained = new ArrayList<>();
        for (Pending message = pending.poll(); message != null; message = pending.poll()) {
            drained.add(message);
        }
        return drained;
    }
}

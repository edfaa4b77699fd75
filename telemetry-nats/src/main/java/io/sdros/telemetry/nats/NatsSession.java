package io.sdros.telemetry.nats;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * One connection to one server, from its handshake until it is lost. It never reconnects: a lost session is closed and
 * forgotten with all it had queued, and the next one starts from nothing.
 */
final class NatsSession {
    private final ServerAddress server;
    private final Connection connection;
    private final Dispatcher dispatcher;
    private final SessionEvents events;

    private NatsSession(ServerAddress server, Connection connection, Dispatcher dispatcher, SessionEvents events) {
        this.server = server;
        this.connection = connection;
        this.dispatcher = dispatcher;
        this.events = events;
    }

    /** Something to subscribe to besides the allow-list. */
    record ControlSubscription(SubjectFilter filter, Consumer<byte[]> consumer) {
    }

    /** Connects; takes at most the connect timeout, or little more. */
    static Attempt open(
            Options.Builder options, ServerAddress server, AllowList allowList, RelayThreads threads, RelayCounters counters)
            throws InterruptedException {
        SessionEvents events = new SessionEvents(allowList, counters, threads.workers());
        try {
            Connection connection = Nats.connect(options.connectionListener(events).errorListener(events).build());
            if (connection.getStatus() != Connection.Status.CONNECTED) {
                // Closed during its handshake, which jnats takes for a success.
                awaitEvents(threads);
                return Attempt.failed(resultOf(events), events.reason());
            }
            events.established();
            return Attempt.connected(new NatsSession(server, connection, connection.createDispatcher(), events));
        } catch (IOException | IllegalStateException | IllegalArgumentException e) {
            // jnats throws a summary; what really happened went to the event thread, which is behind by a moment.
            awaitEvents(threads);
            return Attempt.failed(resultOf(events), events.reason());
        }
    }

    void subscribe(RelayConfig config, AllowList allowList, List<ControlSubscription> controls, Delivery delivery) {
        dispatcher.setPendingLimits(config.pendingMessages(), config.pendingBytes());
        List<SubjectFilter> filters = allowList.filters();
        for (int i = 0; i < filters.size(); i++) {
            int index = i;
            dispatcher.subscribe(filters.get(i).toString(), message -> {
                String subject = message.getSubject();
                if (allowList.isFirst(index, subject)) {
                    delivery.telemetry(subject, message.getData());
                }
            });
        }
        controls.forEach(control -> subscribe(control, delivery));
    }

    /** Returns when the server has seen the subscriptions. */
    void awaitSubscribed(Duration timeout) throws TimeoutException, InterruptedException {
        connection.flush(timeout);
    }

    void subscribe(ControlSubscription control, Delivery delivery) {
        dispatcher.subscribe(control.filter().toString(),
                (Message message) -> delivery.control(control.consumer(), message.getData()));
    }

    boolean publish(String subject, byte[] payload) {
        if (connection.getStatus() != Connection.Status.CONNECTED) {
            return false;
        }
        try {
            connection.publish(subject, payload);
            return true;
        } catch (IllegalStateException | IllegalArgumentException e) {
            // Lost in this very moment, or larger than this server accepts.
            return false;
        }
    }

    ServerAddress server() {
        return server;
    }

    SessionEvents events() {
        return events;
    }

    long droppedMessages() {
        return dispatcher.getDroppedCount();
    }

    /** Gives up the connection. May take seconds if the server does not answer. */
    void close() {
        events.lost();
        SessionEvents.close(connection);
    }

    private static void awaitEvents(RelayThreads threads) throws InterruptedException {
        try {
            threads.events().submit(() -> { }).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("an empty task failed", e);
        }
    }

    private static Attempt.Result resultOf(SessionEvents events) {
        String error = events.serverError().orElse("").toLowerCase(Locale.ROOT);
        if (error.contains("authorization") || error.contains("authentication")) {
            return Attempt.Result.REFUSED;
        }
        String reason = events.reason();
        if (reason.contains("SSL required by server")) {
            return Attempt.Result.TLS_REQUIRED;
        }
        return reason.contains("SSL connection wanted by client")
                ? Attempt.Result.TLS_NOT_OFFERED
                : Attempt.Result.UNREACHABLE;
    }
}

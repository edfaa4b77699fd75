package io.sdros.telemetry.nats;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.sdros.telemetry.nats.NatsDenial.Operation;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
    private final RelayThreads threads;
    private final Denials denials;
    private final Subscriptions subscriptions;
    private final PublishFates fates;

    private NatsSession(ServerAddress server, Connection connection, SessionEvents events, Surroundings relay) {
        this.server = server;
        this.connection = connection;
        this.dispatcher = connection.createDispatcher();
        this.events = events;
        this.threads = relay.threads();
        this.denials = relay.denials();
        this.subscriptions = new Subscriptions(dispatcher, new AllowList(relay.config().filters()), relay.delivery(), denials);
        this.fates = new PublishFates(connection, threads, denials, relay.counters());
    }

    /** Something to subscribe to besides the allow-list. */
    record ControlSubscription(SubjectFilter filter, Consumer<byte[]> consumer) {
    }

    /** Connects; takes at most the connect timeout, or little more. */
    static Attempt open(Options.Builder options, ServerAddress server, Surroundings relay) throws InterruptedException {
        RelayThreads threads = relay.threads();
        SessionEvents events = new SessionEvents(relay.counters(), relay.denials(), relay.lines(), threads.workers());
        try {
            Connection connection = Nats.connect(options.connectionListener(events).errorListener(events).build());
            if (connection.getStatus() != Connection.Status.CONNECTED) {
                // Closed during its handshake, which jnats takes for a success.
                threads.awaitEvents();
                return Attempt.failed(resultOf(events), events.reason());
            }
            events.established();
            return Attempt.connected(new NatsSession(server, connection, events, relay));
        } catch (IOException | IllegalStateException | IllegalArgumentException e) {
            // jnats throws a summary; what really happened went to the event thread, which is behind by a moment.
            threads.awaitEvents();
            return Attempt.failed(resultOf(events), events.reason());
        }
    }

    void subscribe(RelayConfig config, List<ControlSubscription> controls) {
        dispatcher.setPendingLimits(config.pendingMessages(), config.pendingBytes());
        events.onSubscriptionDenied(subscriptions::denied);
        denials.newConnection();
        subscriptions.addTelemetry();
        controls.forEach(this::subscribe);
    }

    void subscribe(ControlSubscription control) {
        subscriptions.addControl(control);
    }

    /** Returns when the server has seen the subscriptions and it is known which of them it denies. */
    void awaitSubscribed(Duration timeout) throws TimeoutException, InterruptedException {
        connection.flush(timeout);
        threads.awaitEvents();
        subscriptions.answered();
    }

    /** Subscribes again to what was denied, if it is time for it. */
    void tryDeniedAgain(Duration timeout) throws TimeoutException, InterruptedException {
        if (subscriptions.tryAgain()) {
            awaitSubscribed(timeout);
        }
    }

    /** Returns when everything the server had for us at the moment of the call is here. */
    void ping(Duration timeout) throws TimeoutException, InterruptedException {
        connection.flush(timeout);
    }

    /** As far as is known. */
    boolean open() {
        return connection.getStatus() == Connection.Status.CONNECTED;
    }

    long messagesReceived() {
        return connection.getStatistics().getInMsgs();
    }

    /** @param fate told later, unless this returns false, whether the server has taken it */
    boolean publish(String subject, byte[] payload, Optional<Consumer<Boolean>> fate) {
        if (!open() || !denials.mayTry(Operation.PUBLISH, subject)) {
            return false;
        }
        boolean trial = denials.contains(Operation.PUBLISH, subject);
        long refusalsBefore = denials.refusals(Operation.PUBLISH, subject);
        try {
            connection.publish(subject, payload);
            if (trial || fate.isPresent()) {
                fates.follow(subject, refusalsBefore, fate.orElse(taken -> { }));
            }
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

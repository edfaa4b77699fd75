package io.sdros.telemetry.nats;

import io.nats.client.Dispatcher;
import io.sdros.telemetry.nats.NatsDenial.Operation;
import io.sdros.telemetry.nats.connection.ConnectionEvents;
import io.sdros.telemetry.nats.connection.ConnectionThreads;
import io.sdros.telemetry.nats.connection.NatsConnection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the relay does with one connection: its subscriptions, and what it publishes. */
final class NatsSession {
    private static final Logger LOG = LoggerFactory.getLogger(NatsRelay.class);

    private final NatsConnection connection;
    private final Dispatcher dispatcher;
    private final ConnectionThreads threads;
    private final Surroundings relay;
    private final Denials denials;
    private final Subscriptions subscriptions;
    private final PublishFates fates;
    private final Backlog backlog = new Backlog();

    NatsSession(NatsConnection connection, Surroundings relay) {
        this.connection = connection;
        this.relay = relay;
        this.dispatcher = connection.connection().createDispatcher();
        this.threads = relay.threads();
        this.denials = relay.denials();
        this.subscriptions = new Subscriptions(dispatcher, new AllowList(relay.config().filters()), relay.delivery(), denials);
        this.fates = new PublishFates(connection.connection(), threads, denials, relay.counters());
    }

    /** Something to subscribe to besides the allow-list. */
    record ControlSubscription(SubjectFilter filter, Consumer<byte[]> consumer) {
    }

    /** On the event thread. */
    private final class Complaints implements ConnectionEvents.Listener {
        private boolean slow;

        @Override
        public void denied(Operation operation, String subject) {
            if (operation == Operation.SUBSCRIBE) {
                subscriptions.denied(subject);
            } else {
                denials.refused(operation, subject);
            }
        }

        @Override
        public void slow() {
            if (!slow && relay.lines().take()) {
                slow = true;
                LOG.warn("Telemetry arrives faster than it is taken; messages are dropped and counted");
            }
        }

        @Override
        public void discarded() {
            relay.counters().publishFailures.increment();
        }
    }

    void subscribe(List<ControlSubscription> controls) {
        dispatcher.setPendingLimits(relay.config().pendingMessages(), relay.config().pendingBytes());
        connection.events().listener(new Complaints());
        denials.newConnection();
        subscriptions.addTelemetry();
        controls.forEach(this::subscribe);
    }

    void subscribe(ControlSubscription control) {
        subscriptions.addControl(control);
    }

    /** Returns when the server has seen the subscriptions and it is known which of them it denies. */
    void awaitSubscribed(Duration timeout) throws TimeoutException, InterruptedException {
        connection.ping(timeout);
        threads.awaitEvents();
        subscriptions.answered();
    }

    /** Subscribes again to what was denied, if it is time for it. */
    void tryDeniedAgain(Duration timeout) throws TimeoutException, InterruptedException {
        if (subscriptions.tryAgain()) {
            awaitSubscribed(timeout);
        }
    }

    /** How far it is behind what the server sends, as far as the pings tell; told by the thread that pings. */
    Backlog backlog() {
        return backlog;
    }

    /** @param fate told later, unless this returns false, whether the server has taken it */
    boolean publish(String subject, byte[] payload, Optional<Consumer<Boolean>> fate) {
        if (!connection.open() || !denials.mayTry(Operation.PUBLISH, subject)) {
            return false;
        }
        boolean trial = denials.contains(Operation.PUBLISH, subject);
        long refusalsBefore = denials.refusals(Operation.PUBLISH, subject);
        try {
            connection.connection().publish(subject, payload);
            if (trial || fate.isPresent()) {
                fates.follow(subject, refusalsBefore, fate.orElse(taken -> { }));
            }
            return true;
        } catch (IllegalStateException | IllegalArgumentException e) {
            // Lost in this very moment, or larger than this server accepts.
            return false;
        }
    }

    long droppedMessages() {
        return dispatcher.getDroppedCount();
    }
}

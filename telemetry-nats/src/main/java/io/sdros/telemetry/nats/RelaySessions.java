package io.sdros.telemetry.nats;

import io.sdros.telemetry.nats.connection.ConnectionSettings;
import io.sdros.telemetry.nats.connection.ConnectionUser;
import io.sdros.telemetry.nats.connection.NatsConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The relay's sessions, one after the other. Any thread. */
final class RelaySessions implements ConnectionUser {
    private static final Logger LOG = LoggerFactory.getLogger(NatsRelay.class);

    private final Surroundings relay;
    private final ConnectionSettings settings;
    // Guards the two below, so that a subscription is made on every session exactly once.
    private final Object lock = new Object();
    private final List<NatsSession.ControlSubscription> controls = new ArrayList<>();
    private volatile Optional<NatsSession> session = Optional.empty();

    RelaySessions(Surroundings relay) {
        this.relay = relay;
        this.settings = relay.config().connection();
    }

    boolean publish(String subject, byte[] payload, Optional<Consumer<Boolean>> fate) {
        return session.map(current -> current.publish(subject, payload, fate)).orElse(false);
    }

    void listen(NatsSession.ControlSubscription control) {
        synchronized (lock) {
            controls.add(control);
            session.ifPresent(current -> subscribeNow(current, control));
        }
    }

    private void subscribeNow(NatsSession current, NatsSession.ControlSubscription control) {
        try {
            current.subscribe(control);
        } catch (IllegalStateException e) {
            LOG.debug("The connection ended just now; the next one will subscribe to {}", control.filter());
        }
    }

    long droppedByConnection() {
        synchronized (lock) {
            return session.map(NatsSession::droppedMessages).orElse(0L);
        }
    }

    @Override
    public void begin(NatsConnection connection) throws TimeoutException, InterruptedException {
        NatsSession begun = new NatsSession(connection, relay);
        synchronized (lock) {
            begun.subscribe(controls);
            session = Optional.of(begun);
        }
        begun.awaitSubscribed(settings.connectTimeout());
        relay.counters().connects.increment();
    }

    @Override
    public void pinged(NatsConnection connection, long lateNanos) throws TimeoutException, InterruptedException {
        if (session.isPresent()) {
            session.get().backlog().observe(lateNanos, connection.messagesReceived());
            session.get().tryDeniedAgain(settings.pings().timeout());
        }
    }

    @Override
    public String lost(NatsConnection connection, long lateNanos, boolean silent) {
        String reason = ConnectionUser.super.lost(connection, lateNanos, silent);
        if (session.isEmpty()) {
            return reason;
        }
        Backlog backlog = session.get().backlog();
        backlog.observe(lateNanos, connection.messagesReceived());
        boolean said = connection.events().slowConsumerSaid();
        boolean unexplained = silent || connection.events().serverError().isEmpty();
        if (!said && !(unexplained && backlog.overrun())) {
            return reason;
        }
        relay.counters().slowConsumerCuts.increment();
        // Servers cut a slow consumer off without a word, so this is a conclusion.
        return reason + (said ? "" : ", with telemetry " + backlog
                + " behind: it arrives faster than it is taken (a slow consumer); what was on its way is lost");
    }

    @Override
    public void end(NatsConnection connection) {
        synchronized (lock) {
            session.ifPresent(over -> relay.counters().dropped(DropReason.SLOW_CONSUMER).add(over.droppedMessages()));
            session = Optional.empty();
        }
    }
}

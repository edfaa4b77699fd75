package io.sdros.telemetry.nats;

import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.ErrorListener;
import io.nats.client.Message;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What jnats reports about one connection. Its callbacks come on the event thread; the rest may be asked by any. */
final class SessionEvents implements ConnectionListener, ErrorListener {
    private static final Logger LOG = LoggerFactory.getLogger(NatsRelay.class);
    private static final String CLOSED_BY_SERVER = "the server closed the connection";
    private static final int MAX_COMPLAINTS_LOGGED = 16;

    private final RelayCounters counters;
    private final Denials denials;
    private final LineBudget lines;
    private final Executor workers;
    private final CountDownLatch lost = new CountDownLatch(1);
    private final Set<String> complaints = new HashSet<>();
    private boolean slow;
    private volatile Consumer<String> subscriptionDenied = subject -> { };
    private volatile boolean established;
    private volatile Optional<String> serverError = Optional.empty();
    private volatile Optional<Exception> firstException = Optional.empty();

    SessionEvents(RelayCounters counters, Denials denials, LineBudget lines, Executor workers) {
        this.counters = counters;
        this.denials = denials;
        this.lines = lines;
        this.workers = workers;
    }

    /** Whom to tell which subscriptions the server has denied, by the filter's name in its errors. Before subscribing. */
    void onSubscriptionDenied(Consumer<String> listener) {
        subscriptionDenied = listener;
    }

    /** From here on, errors are about an established connection. */
    void established() {
        serverError = Optional.empty();
        firstException = Optional.empty();
        established = true;
    }

    /** Whether the connection was lost in this time. */
    boolean awaitLoss(Duration time) throws InterruptedException {
        return lost.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    void lost() {
        lost.countDown();
    }

    Optional<String> serverError() {
        return serverError;
    }

    /** Whether the server has said that it ends the connection because we are too slow. Those of today say nothing. */
    boolean slowConsumerSaid() {
        return serverError.map(ServerError::of).filter(ServerError::slowConsumer).isPresent();
    }

    /** Why the connection failed or ended, as far as known; in a few words. */
    String reason() {
        return serverError.or(() -> firstException.map(SessionEvents::describe)).orElse(CLOSED_BY_SERVER);
    }

    // jnats has deprecated this form for those who call it; whoever listens must still implement it.
    @SuppressWarnings("deprecation")
    @Override
    public void connectionEvent(Connection connection, Events event) {
        if (event == Events.DISCONNECTED || event == Events.CLOSED) {
            lost.countDown();
        }
    }

    @Override
    public void errorOccurred(Connection connection, String error) {
        ServerError said = ServerError.of(error);
        if (!said.permissionsOnly()) {
            serverError = Optional.of(error);
        }
        if (!established) {
            // The server ends a connection that it refuses. jnats would still wait for the answer to its handshake until
            // the connect timeout.
            workers.execute(() -> close(connection));
            return;
        }
        if (said.denied().isPresent()) {
            denied(said.denied().get(), said.subject());
        } else if (complaints.size() < MAX_COMPLAINTS_LOGGED && complaints.add(error) && lines.take()) {
            // Not every error ends the connection, so this may be the only sign of it.
            LOG.warn("NATS: {}", error);
        }
    }

    private void denied(NatsDenial.Operation operation, String subject) {
        if (operation == NatsDenial.Operation.SUBSCRIBE) {
            subscriptionDenied.accept(subject);
        } else {
            denials.refused(operation, subject);
        }
    }

    @Override
    public void exceptionOccurred(Connection connection, Exception exception) {
        if (firstException.isEmpty()) {
            firstException = Optional.of(exception);
        }
    }

    @Override
    public void slowConsumerDetected(Connection connection, io.nats.client.Consumer consumer) {
        if (!slow && lines.take()) {
            slow = true;
            LOG.warn("Telemetry arrives faster than it is taken; messages are dropped and counted");
        }
    }

    @Override
    public void messageDiscarded(Connection connection, Message message) {
        counters.publishFailures.increment();
    }

    static void close(Connection connection) {
        try {
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** An exception in words an operator can use. */
    static String describe(Throwable exception) {
        Throwable cause = exception;
        while (cause.getCause() != null && (cause instanceof ExecutionException || cause.getClass() == IOException.class)) {
            cause = cause.getCause();
        }
        String message = cause.getMessage() == null ? "" : cause.getMessage();
        if (cause instanceof TimeoutException || cause instanceof SocketTimeoutException
                || cause instanceof CancellationException) {
            return "no answer in time";
        }
        if (message.contains("Read channel closed")) {
            return CLOSED_BY_SERVER;
        }
        if (cause instanceof SSLException) {
            return "TLS: " + message;
        }
        return cause instanceof IOException && !message.isEmpty()
                ? message
                : cause.getClass().getSimpleName() + (message.isEmpty() ? "" : ": " + message);
    }
}

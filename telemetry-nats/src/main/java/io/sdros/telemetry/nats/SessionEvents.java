package io.sdros.telemetry.nats;

import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Consumer;
import io.nats.client.ErrorListener;
import io.nats.client.Message;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What jnats reports about one connection. Its callbacks come on the event thread; the rest may be asked by any. */
final class SessionEvents implements ConnectionListener, ErrorListener {
    private static final Logger LOG = LoggerFactory.getLogger(NatsRelay.class);
    private static final String SUBSCRIPTION_DENIED = "permissions violation for subscription to ";
    private static final String CLOSED_BY_SERVER = "the server closed the connection";
    private static final int MAX_COMPLAINTS_LOGGED = 16;

    private final AllowList allowList;
    private final RelayCounters counters;
    private final Executor workers;
    private final CountDownLatch lost = new CountDownLatch(1);
    private final Set<String> complaints = new HashSet<>();
    private boolean slow;
    private volatile boolean established;
    private volatile Optional<String> serverError = Optional.empty();
    private volatile Optional<Exception> firstException = Optional.empty();

    SessionEvents(AllowList allowList, RelayCounters counters, Executor workers) {
        this.allowList = allowList;
        this.counters = counters;
        this.workers = workers;
    }

    /** From here on, errors are about an established connection. */
    void established() {
        serverError = Optional.empty();
        firstException = Optional.empty();
        established = true;
    }

    void awaitLoss() throws InterruptedException {
        lost.await();
    }

    void lost() {
        lost.countDown();
    }

    Optional<String> serverError() {
        return serverError;
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
        String lower = error.toLowerCase(Locale.ROOT);
        if (!lower.contains("permissions violation")) {
            serverError = Optional.of(error);
        }
        if (!established) {
            // The server ends a connection that it refuses. jnats would still wait for the answer to its handshake until
            // the connect timeout.
            workers.execute(() -> close(connection));
            return;
        }
        if (lower.startsWith(SUBSCRIPTION_DENIED)) {
            String subject = error.substring(SUBSCRIPTION_DENIED.length()).replace("\"", "");
            if (SubjectFilter.problemWith(subject).isEmpty()) {
                allowList.deny(SubjectFilter.of(subject));
            }
        }
        // Not every error ends the connection, so this may be the only sign of it.
        if (complaints.size() < MAX_COMPLAINTS_LOGGED && complaints.add(error)) {
            LOG.warn("NATS: {}", error);
        }
    }

    @Override
    public void exceptionOccurred(Connection connection, Exception exception) {
        if (firstException.isEmpty()) {
            firstException = Optional.of(exception);
        }
    }

    @Override
    public void slowConsumerDetected(Connection connection, Consumer consumer) {
        if (!slow) {
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
        if (message.contains("Max outgoing Ping count")) {
            return "the server stopped answering";
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

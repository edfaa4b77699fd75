package io.sdros.telemetry.nats.connection;

import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.ErrorListener;
import io.nats.client.Message;
import io.sdros.telemetry.nats.NatsDenial;
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
import javax.net.ssl.SSLException;
import org.slf4j.Logger;

/** What jnats reports about one connection. Its callbacks come on the event thread; the rest may be asked by any. */
public final class ConnectionEvents implements ConnectionListener, ErrorListener {
    private static final String CLOSED_BY_SERVER = "the server closed the connection";
    private static final int MAX_COMPLAINTS_LOGGED = 16;

    private final Logger log;
    private final LineBudget lines;
    private final Executor workers;
    private final CountDownLatch lost = new CountDownLatch(1);
    private final Set<String> complaints = new HashSet<>();
    private volatile Listener listener = Listener.NONE;
    private volatile boolean established;
    private volatile Optional<String> serverError = Optional.empty();
    private volatile Optional<Exception> firstException = Optional.empty();

    ConnectionEvents(Logger log, LineBudget lines, Executor workers) {
        this.log = log;
        this.lines = lines;
        this.workers = workers;
    }

    /** What else is worth knowing of an established connection; called on the event thread. */
    public interface Listener {

        /** Does nothing. */
        Listener NONE = new Listener() { };

        /**
         * The server does not allow this.
         *
         * @param subject as its errors name it, see {@link ServerError#asNamed}
         */
        default void denied(NatsDenial.Operation operation, String subject) {
        }

        /** Messages arrive faster than they are taken, and some are dropped. */
        default void slow() {
        }

        /** Messages wait to be written faster than they are, and one was dropped. */
        default void discarded() {
        }
    }

    /** To be set before subscribing. */
    public void listener(Listener toTell) {
        listener = toTell;
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

    public Optional<String> serverError() {
        return serverError;
    }

    /** Whether the server has said that it ends the connection because we are too slow. Those of today say nothing. */
    public boolean slowConsumerSaid() {
        return serverError.map(ServerError::of).filter(ServerError::slowConsumer).isPresent();
    }

    /** Why the connection failed or ended, as far as known; in a few words. */
    public String reason() {
        return serverError.or(() -> firstException.map(ConnectionEvents::describe)).orElse(CLOSED_BY_SERVER);
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
            listener.denied(said.denied().get(), said.subject());
        } else if (complaints.size() < MAX_COMPLAINTS_LOGGED && complaints.add(error) && lines.take()) {
            // Not every error ends the connection, so this may be the only sign of it.
            log.warn("NATS: {}", error);
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
        listener.slow();
    }

    @Override
    public void messageDiscarded(Connection connection, Message message) {
        listener.discarded();
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

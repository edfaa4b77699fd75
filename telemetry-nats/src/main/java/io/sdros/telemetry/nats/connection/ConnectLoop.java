package io.sdros.telemetry.nats.connection;

import io.sdros.telemetry.nats.NatsState;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * Connects, waits for the connection to be lost, connects again, until closed. This replaces the reconnecting of jnats,
 * which ends for good when a server refuses the credentials twice, and replays what was published meanwhile. Any thread.
 */
public final class ConnectLoop {
    static final String SILENT = "the server stopped answering";
    private static final Duration RETRY = Duration.ofMillis(250);
    // Slower after a refusal, which fills the server's log, and for connections that do not last; still below 2 s.
    private static final Duration SLOW_RETRY = Duration.ofMillis(750);
    private static final Duration LASTING = Duration.ofSeconds(2);
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(1);

    private final ConnectionSettings settings;
    private final ConnectionThreads threads;
    private final ConnectionStatus status;
    private final ConnectionUser user;
    private final Connector connector;
    private final Thread thread;
    private final AtomicBoolean started = new AtomicBoolean();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Optional<NatsConnection> current = Optional.empty();

    /**
     * @param threads ended with this
     * @param lines   how many lines about events of connections may be logged
     */
    public ConnectLoop(ConnectionSettings settings, ConnectionThreads threads, ConnectionStatus status, LineBudget lines,
            ConnectionUser user) {
        this.settings = settings;
        this.threads = threads;
        this.status = status;
        this.user = user;
        this.connector = new Connector(settings, threads, lines);
        this.thread = threads.newThread(this::run);
    }

    /** @throws IllegalStateException if it was started or closed before */
    public void start() {
        if (isClosed() || !started.compareAndSet(false, true)) {
            throw new IllegalStateException("a relay starts once");
        }
        status.set(NatsState.CONNECTING, settings.servers().stream().map(ServerAddress::toString).collect(Collectors.joining(", ")));
        thread.start();
    }

    /** Ends the connection. Waits a second or two at most. */
    public void close() {
        closed.countDown();
        current.ifPresent(NatsConnection::giveUp);
        try {
            thread.join(CLOSE_WAIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads.shutdown();
        status.set(NatsState.CLOSED, "");
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    private void run() {
        try {
            while (!isClosed()) {
                pause(oneConnection());
            }
        } catch (InterruptedException e) {
            // Nobody interrupts this thread but a JVM on its way out.
            settings.log().warn("The NATS relay was interrupted and ends");
            status.set(NatsState.CLOSED, "interrupted");
        }
    }

    /** Connects and serves one connection until it is lost; returns how long to wait before the next. */
    private Duration oneConnection() throws InterruptedException {
        try {
            status.catchUp();
            Attempt attempt = connector.connect(this::isClosed);
            if (isClosed() || attempt.connection().isEmpty()) {
                attempt.connection().ifPresent(NatsConnection::close);
                boolean refused = attempt.result() == Attempt.Result.REFUSED;
                if (!isClosed()) {
                    status.set(refused ? NatsState.REFUSED : NatsState.DISCONNECTED, attempt.failure());
                }
                return refused ? SLOW_RETRY : RETRY;
            }
            return serve(attempt.connection().get());
        } catch (RuntimeException | TimeoutException | Error e) {
            // Errors too: a process out of threads or memory for a moment must not be without NATS for good.
            if (!isClosed()) {
                status.set(NatsState.DISCONNECTED, ConnectionEvents.describe(e));
            }
            return SLOW_RETRY;
        }
    }

    private Duration serve(NatsConnection connection) throws TimeoutException, InterruptedException {
        long connectedNanos = System.nanoTime();
        try {
            current = Optional.of(connection);
            if (isClosed()) {
                // close() may have looked for a connection before this one was there to be seen.
                connection.giveUp();
            }
            user.begin(connection);
            status.set(NatsState.CONNECTED, connection.server().toString());
            String reason = watch(connection);
            if (!isClosed()) {
                status.set(NatsState.DISCONNECTED, connection.server() + ": connection lost, " + reason);
            }
        } finally {
            current = Optional.empty();
            try {
                user.end(connection);
            } finally {
                closeElsewhere(connection);
            }
        }
        boolean lasted = System.nanoTime() - connectedNanos > LASTING.toNanos();
        return lasted ? Duration.ZERO : SLOW_RETRY;
    }

    /** Returns why it was lost, when it is. */
    private String watch(NatsConnection connection) throws InterruptedException {
        ConnectionSettings.Pings pings = settings.pings();
        LivenessCheck check = new LivenessCheck(connection, pings);
        while (true) {
            long startNanos = System.nanoTime();
            boolean lost = connection.events().awaitLoss(pings.pause());
            boolean silent = false;
            if (!lost) {
                status.catchUp();
                lost = !check.lives();
                if (lost) {
                    // Perhaps because the connection has ended meanwhile, which its events explain.
                    threads.awaitEvents();
                    silent = connection.open();
                }
            }
            // Late is also who was not run in time, as a process that was stopped for a while.
            long lateNanos = System.nanoTime() - startNanos - pings.pause().toNanos();
            if (!lost) {
                try {
                    user.pinged(connection, lateNanos);
                } catch (TimeoutException e) {
                    threads.awaitEvents();
                    silent = connection.open();
                    lost = true;
                }
            }
            if (lost) {
                String plain = silent ? SILENT : connection.events().reason();
                return isClosed() ? plain : user.lost(connection, lateNanos, silent);
            }
        }
    }

    /** Not here, since this can take seconds when the server is frozen. */
    private void closeElsewhere(NatsConnection over) {
        try {
            threads.workers().execute(over::close);
        } catch (RejectedExecutionException e) {
            // The relay was closed meanwhile: nobody waits for this thread any more.
            over.close();
        }
    }

    private void pause(Duration pause) throws InterruptedException {
        // Spread by a fifth either way, so that relays do not come all at once after a server's restart.
        double spread = ThreadLocalRandom.current().nextDouble(0.8, 1.2);
        closed.await((long) (pause.toNanos() * spread), TimeUnit.NANOSECONDS);
    }
}

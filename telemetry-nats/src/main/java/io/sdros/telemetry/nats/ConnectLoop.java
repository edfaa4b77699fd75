package io.sdros.telemetry.nats;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects, waits for the connection to be lost, connects again, until closed. This replaces the reconnecting of jnats,
 * which ends for good when a server refuses the credentials twice, and replays what was published meanwhile.
 */
final class ConnectLoop {
    private static final Logger LOG = LoggerFactory.getLogger(NatsRelay.class);
    private static final Duration RETRY = Duration.ofMillis(250);
    // Slower after a refusal, which fills the server's log, and for connections that do not last; still below 2 s.
    private static final Duration SLOW_RETRY = Duration.ofMillis(750);
    private static final Duration LASTING = Duration.ofSeconds(2);
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(1);
    // A server that does not answer is given up after the two together.
    private static final Duration PING_PAUSE = Duration.ofSeconds(1);
    private static final Duration PING_TIMEOUT = Duration.ofSeconds(3);

    private final RelayConfig config;
    private final Delivery delivery;
    private final RelayStatus status;
    private final RelayCounters counters;
    private final RelayThreads threads;
    private final Connector connector;
    private final Thread thread;
    private final CountDownLatch closed = new CountDownLatch(1);
    // Guards the three below, so that a subscription is made on every session exactly once.
    private final Object lock = new Object();
    private final List<NatsSession.ControlSubscription> controls = new ArrayList<>();
    private boolean started;
    private volatile Optional<NatsSession> session = Optional.empty();

    ConnectLoop(Surroundings relay, RelayStatus status) {
        this.config = relay.config();
        this.delivery = relay.delivery();
        this.status = status;
        this.counters = relay.counters();
        this.threads = relay.threads();
        this.connector = new Connector(relay);
        this.thread = threads.newThread(this::run);
    }

    void start() {
        synchronized (lock) {
            if (started || isClosed()) {
                throw new IllegalStateException("a relay starts once");
            }
            started = true;
        }
        String servers = config.servers().stream().map(ServerAddress::toString).collect(Collectors.joining(", "));
        status.set(NatsState.CONNECTING, servers);
        thread.start();
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

    long droppedByConnection() {
        synchronized (lock) {
            return session.map(NatsSession::droppedMessages).orElse(0L);
        }
    }

    void close() {
        synchronized (lock) {
            if (isClosed()) {
                return;
            }
            closed.countDown();
        }
        delivery.close();
        session.ifPresent(current -> current.events().lost());
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
            LOG.warn("The NATS relay was interrupted and ends");
            status.set(NatsState.CLOSED, "interrupted");
        }
    }

    /** Connects and serves one connection until it is lost; returns how long to wait before the next. */
    private Duration oneConnection() throws InterruptedException {
        try {
            status.catchUp();
            Attempt attempt = connector.connect(this::isClosed);
            if (isClosed() || attempt.session().isEmpty()) {
                attempt.session().ifPresent(NatsSession::close);
                boolean refused = attempt.result() == Attempt.Result.REFUSED;
                if (!isClosed()) {
                    status.set(refused ? NatsState.REFUSED : NatsState.DISCONNECTED, attempt.failure());
                }
                return refused ? SLOW_RETRY : RETRY;
            }
            return serve(attempt.session().get());
        } catch (RuntimeException | TimeoutException | Error e) {
            // Errors too: a process out of threads or memory for a moment must not be without NATS for good.
            if (!isClosed()) {
                status.set(NatsState.DISCONNECTED, SessionEvents.describe(e));
            }
            return SLOW_RETRY;
        }
    }

    private Duration serve(NatsSession current) throws TimeoutException, InterruptedException {
        long connectedNanos = System.nanoTime();
        try {
            synchronized (lock) {
                current.subscribe(config, controls);
                session = Optional.of(current);
            }
            if (isClosed()) {
                // close() may have looked for a session before this one was there to be seen.
                current.events().lost();
            }
            current.awaitSubscribed(config.connectTimeout());
            counters.connects.increment();
            status.set(NatsState.CONNECTED, current.server().toString());
            String reason = watch(current);
            if (!isClosed()) {
                status.set(NatsState.DISCONNECTED, current.server() + ": connection lost, " + reason);
            }
        } finally {
            synchronized (lock) {
                session = Optional.empty();
                counters.dropped(DropReason.SLOW_CONSUMER).add(current.droppedMessages());
            }
            closeElsewhere(current);
        }
        boolean lasted = System.nanoTime() - connectedNanos > LASTING.toNanos();
        return lasted ? Duration.ZERO : SLOW_RETRY;
    }

    /** Returns why it was lost, when it is. */
    private String watch(NatsSession current) throws InterruptedException {
        SessionEvents events = current.events();
        Backlog backlog = new Backlog();
        boolean lost = false;
        boolean silent = false;
        while (!lost) {
            long startNanos = System.nanoTime();
            lost = events.awaitLoss(PING_PAUSE);
            if (!lost) {
                status.catchUp();
                try {
                    current.ping(PING_TIMEOUT);
                    current.tryDeniedAgain(PING_TIMEOUT);
                } catch (TimeoutException e) {
                    // Also thrown when the connection has ended meanwhile, which its events explain.
                    threads.awaitEvents();
                    silent = current.open();
                    lost = true;
                }
            }
            // Late is also who was not run in time, as a process that was stopped for a while.
            backlog.observe(System.nanoTime() - startNanos - PING_PAUSE.toNanos(), current.messagesReceived());
        }
        return nameLoss(events, backlog, silent);
    }

    private String nameLoss(SessionEvents events, Backlog backlog, boolean silent) {
        String reason = silent ? "the server stopped answering" : events.reason();
        boolean unexplained = silent || events.serverError().isEmpty();
        if (isClosed() || !events.slowConsumerSaid() && !(unexplained && backlog.overrun())) {
            return reason;
        }
        counters.slowConsumerCuts.increment();
        // Servers cut a slow consumer off without a word, so this is a conclusion.
        return reason + (events.slowConsumerSaid() ? "" : ", with telemetry " + backlog
                + " behind: it arrives faster than it is taken (a slow consumer); what was on its way is lost");
    }

    /** Not here, since this can take seconds when the server is frozen. */
    private void closeElsewhere(NatsSession over) {
        try {
            threads.workers().execute(over::close);
        } catch (RejectedExecutionException e) {
            // The relay was closed meanwhile: nobody waits for this thread any more.
            over.close();
        }
    }

    private void subscribeNow(NatsSession current, NatsSession.ControlSubscription control) {
        try {
            current.subscribe(control);
        } catch (IllegalStateException e) {
            LOG.debug("The connection ended just now; the next one will subscribe to {}", control.filter());
        }
    }

    private void pause(Duration pause) throws InterruptedException {
        // Spread by a fifth either way, so that relays do not come all at once after a server's restart.
        double spread = ThreadLocalRandom.current().nextDouble(0.8, 1.2);
        closed.await((long) (pause.toNanos() * spread), TimeUnit.NANOSECONDS);
    }
}

package io.sdros.telemetry.nats;

import io.sdros.telemetry.nats.connection.ConnectLoop;
import io.sdros.telemetry.nats.connection.ConnectionSettings;
import io.sdros.telemetry.nats.connection.ConnectionStatus;
import io.sdros.telemetry.nats.connection.ConnectionThreads;
import io.sdros.telemetry.nats.connection.LineBudget;
import io.sdros.telemetry.nats.connection.ServerAddress;
import io.sdros.telemetry.nats.connection.ServerList;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/**
 * Relays messages from NATS to a {@link TelemetryListener} and publishes small messages to NATS. NATS may be absent,
 * refuse, freeze, go and come back: the relay tries for ever and is connected again within two seconds after a server is
 * there, provided that names resolve (a JVM remembers for {@code networkaddress.cache.negative.ttl} seconds, 10 unless
 * set, that a name did not).
 *
 * <p>All methods may be called by any thread and none of them blocks, except {@link #close}. Each change of state is
 * logged once; of very many, some. Neither logs nor states ever contain credentials.
 *
 * <pre>{@code
 * try (NatsRelay relay = NatsRelay.builder("nats://localhost:4222")
 *         .subjects(List.of("telemetry.>"))
 *         .listener((subject, payload) -> System.out.println(subject + " " + payload.length))
 *         .build()) {
 *     relay.start();
 *     relay.publish("control.request_idr", "{}".getBytes(StandardCharsets.UTF_8));
 *     Thread.currentThread().join();
 * }
 * }</pre>
 */
public final class NatsRelay implements AutoCloseable {
    /** The longest subject relayed, in bytes of UTF-8. */
    public static final int MAX_SUBJECT_BYTES = 256;

    // A state that changes every second makes this many lines at once and then four a minute.
    private static final int LINES_AT_ONCE = 20;
    private static final Duration LINE_INTERVAL = Duration.ofSeconds(15);
    private static final int OUTGOING_MESSAGES = 256;
    private static final ConnectionSettings.Pings PINGS =
            new ConnectionSettings.Pings(Duration.ofSeconds(1), Duration.ofSeconds(3), false);

    private final RelayCounters counters = new RelayCounters();
    private final ConnectionStatus status;
    private final Denials denials;
    private final Delivery delivery;
    private final RelaySessions sessions;
    private final ConnectLoop loop;

    private NatsRelay(RelayConfig config, TelemetryListener listener) {
        LineBudget eventLines = new LineBudget(LINES_AT_ONCE, LINE_INTERVAL, System::nanoTime);
        this.status = new ConnectionStatus(config.connection(), listener::onState,
                new LineBudget(LINES_AT_ONCE, LINE_INTERVAL, System::nanoTime));
        this.denials = new Denials(config.denialRetry(), System::nanoTime, eventLines);
        this.delivery = new Delivery(listener, config.maxPayloadBytes(), counters);
        ConnectionThreads threads = new ConnectionThreads(config.connection().name());
        this.sessions = new RelaySessions(new Surroundings(config, threads, counters, denials, eventLines, delivery));
        this.loop = new ConnectLoop(config.connection(), threads, status, eventLines, sessions);
    }

    /**
     * Begins to describe a relay.
     *
     * @param servers a list of servers as {@link NatsServers} describes it
     * @throws IllegalArgumentException if {@link NatsServers#problemWith} finds something wrong
     */
    public static Builder builder(String servers) {
        return new Builder(ServerList.parse(servers));
    }

    /**
     * Starts to connect, in the background.
     *
     * @throws IllegalStateException if the relay was started or closed before
     */
    public void start() {
        loop.start();
    }

    /** Whether there is a connection with all subscriptions made. */
    public boolean connected() {
        return status().state() == NatsState.CONNECTED;
    }

    public NatsStatus status() {
        return status.current();
    }

    /** {@link #status} as one line of text. */
    public String state() {
        return status().toString();
    }

    /**
     * What the server does not let this login do, as far as it has been tried; empty if nothing has been refused. What is
     * denied is tried again after a while: a subscription by itself, publishing with the next message.
     */
    public List<NatsDenial> denials() {
        return denials.current();
    }

    public NatsStatistics statistics() {
        return counters.snapshot(connected(), sessions.droppedByConnection(), denials.totals());
    }

    /**
     * Hands a message to the connection, if there is one. Nothing is kept for later: a message that was not sent by the
     * time a connection is lost is gone with it.
     *
     * @param payload copied
     * @return false if there is no connection, it does not take the message, or the server denied this subject a while ago
     * @throws IllegalArgumentException if {@link SubjectFilter#problemWithSubject} finds something wrong
     */
    public boolean publish(String subject, byte[] payload) {
        return publish(subject, payload, Optional.empty());
    }

    /**
     * As {@link #publish(String, byte[])}, and finds out what became of it. That costs the server a ping for the messages
     * that are on their way, so it is meant for messages that are few.
     *
     * @param fate called once if this returns true, on a thread of the relay, and not if it returns false: true if the
     *             server has taken the message, false if it has refused it or is gone, so that nobody knows
     */
    public boolean publish(String subject, byte[] payload, Consumer<Boolean> fate) {
        return publish(subject, payload, Optional.of(fate));
    }

    private boolean publish(String subject, byte[] payload, Optional<Consumer<Boolean>> fate) {
        SubjectFilter.problemWithSubject(subject).ifPresent(problem -> {
            throw new IllegalArgumentException("subject \"" + subject + "\": " + problem);
        });
        boolean sent = sessions.publish(subject, payload.clone(), fate);
        (sent ? counters.published : counters.publishFailures).increment();
        return sent;
    }

    /**
     * Receives other messages than telemetry, from now on and through all connections. The consumer is called like
     * {@link TelemetryListener#onTelemetry}, never at the same time as it or another consumer.
     *
     * @param filter a subject or filter
     * @throws IllegalArgumentException if {@link SubjectFilter#problemWith} finds something wrong
     */
    public void listen(String filter, Consumer<byte[]> consumer) {
        sessions.listen(new NatsSession.ControlSubscription(SubjectFilter.of(filter), Objects.requireNonNull(consumer)));
    }

    /** Ends the connection. Waits a second or two at most; a call of a listener may still be under way afterwards. */
    @Override
    public void close() {
        delivery.close();
        loop.close();
    }

    /** Describes a relay. Used by one thread; {@link #build} may be called several times. */
    public static final class Builder {
        private final List<ServerAddress> servers;
        private List<SubjectFilter> filters = List.of();
        private Optional<Path> credentialsFile = Optional.empty();
        private Optional<Path> caFile = Optional.empty();
        private String name = "nats-relay";
        private Duration connectTimeout = Duration.ofMillis(1_500);
        private int maxPayloadBytes = 65_536;
        private int pendingMessages = 4_096;
        private long pendingBytes = 16 * 1024 * 1024;
        private Duration denialRetry = Duration.ofSeconds(30);
        private TelemetryListener listener = (subject, payload) -> { };

        private Builder(List<ServerAddress> servers) {
            this.servers = servers;
        }

        /**
         * The subjects to relay, as filters. A message that matches several is relayed once. None by default.
         *
         * @throws IllegalArgumentException if {@link SubjectFilter#problemWith} finds something wrong with one
         */
        public Builder subjects(List<String> subjectFilters) {
            filters = subjectFilters.stream().map(SubjectFilter::of).distinct().toList();
            return this;
        }

        public Builder listener(TelemetryListener telemetryListener) {
            listener = Objects.requireNonNull(telemetryListener);
            return this;
        }

        /** A file with a user JWT and its NKey seed, or with such a seed alone. Read for every attempt to connect. */
        public Builder credentialsFile(Path file) {
            credentialsFile = Optional.of(file);
            return this;
        }

        /** A PEM file with the only authorities to trust with TLS; without it, those the JVM trusts. Read likewise. */
        public Builder caFile(Path file) {
            caFile = Optional.of(file);
            return this;
        }

        /**
         * The name to give to the server and to threads.
         *
         * @throws IllegalArgumentException if it contains other characters than ASCII letters, digits, dots and dashes
         */
        public Builder name(String relayName) {
            if (!relayName.matches("[A-Za-z0-9.-]+")) {
                throw new IllegalArgumentException("not a plain name: " + relayName);
            }
            name = relayName;
            return this;
        }

        /** The longest payload relayed, 65536 by default. */
        public Builder maxPayloadBytes(int bytes) {
            maxPayloadBytes = requirePositive(bytes, "maxPayloadBytes");
            return this;
        }

        /** How much may wait for the listener before messages are dropped; by default 4096 messages or 16 MiB. */
        public Builder pendingLimits(int messages, long bytes) {
            pendingMessages = requirePositive(messages, "messages");
            pendingBytes = requirePositive((int) Math.min(bytes, Integer.MAX_VALUE), "bytes");
            return this;
        }

        /**
         * How long one address may take to be connected to, 1.5 s by default. A server that does not answer at all costs
         * every round of attempts as much.
         */
        public Builder connectTimeout(Duration timeout) {
            requirePositive((int) Math.min(timeout.toMillis(), Integer.MAX_VALUE), "connectTimeout in milliseconds");
            connectTimeout = timeout;
            return this;
        }

        /** After which time something that the server has denied is tried again, 30 s by default. */
        public Builder denialRetry(Duration interval) {
            requirePositive((int) Math.min(interval.toMillis(), Integer.MAX_VALUE), "denialRetry in milliseconds");
            denialRetry = interval;
            return this;
        }

        public NatsRelay build() {
            RelayConfig config = new RelayConfig(new ConnectionSettings(servers, credentialsFile, caFile, name, connectTimeout,
                    OUTGOING_MESSAGES, PINGS, "NATS", LoggerFactory.getLogger(NatsRelay.class)), new ArrayList<>(filters),
                    maxPayloadBytes, pendingMessages, pendingBytes, denialRetry);
            return new NatsRelay(config, listener);
        }

        private static int requirePositive(int value, String what) {
            if (value <= 0) {
                throw new IllegalArgumentException(what + " must be positive: " + value);
            }
            return value;
        }
    }
}

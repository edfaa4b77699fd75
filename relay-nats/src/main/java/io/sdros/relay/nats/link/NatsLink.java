package io.sdros.relay.nats.link;

import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.nats.client.Subscription;
import io.sdros.telemetry.nats.NatsDenial;
import io.sdros.telemetry.nats.NatsStatus;
import io.sdros.telemetry.nats.connection.ConnectLoop;
import io.sdros.telemetry.nats.connection.ConnectionEvents;
import io.sdros.telemetry.nats.connection.ConnectionSettings;
import io.sdros.telemetry.nats.connection.ConnectionStatus;
import io.sdros.telemetry.nats.connection.ConnectionThreads;
import io.sdros.telemetry.nats.connection.ConnectionUser;
import io.sdros.telemetry.nats.connection.LineBudget;
import io.sdros.telemetry.nats.connection.NatsConnection;
import io.sdros.telemetry.nats.connection.ServerList;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connection of one process. A server that says nothing for three quarters of a second is left for another. */
public final class NatsLink implements RelayLink, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NatsLink.class);
    private static final Duration CONNECT_TIMEOUT = Duration.ofMillis(1_500);
    private static final ConnectionSettings.Pings PINGS =
            new ConnectionSettings.Pings(Duration.ofMillis(250), Duration.ofMillis(500), true);
    /** Bounds nothing: who publishes much looks at {@link #pendingBytes}. */
    private static final int OUTGOING_MESSAGES = 65_536;
    private static final int WAITING_MESSAGES = 65_536;
    private static final long WAITING_BYTES = 32L << 20;
    private static final int WAITING_PART_OF_HEAP = 8;
    private static final int DEFAULT_MAX_PAYLOAD = 1 << 20;
    private static final int NO_RESPONDERS = 503;
    private static final int INBOX_BYTES = 12;
    private static final int LINES_AT_ONCE = 20;
    private static final Duration LINE_INTERVAL = Duration.ofSeconds(15);

    private final SecureRandom random = new SecureRandom();
    private final LineBudget lines = new LineBudget(LINES_AT_ONCE, LINE_INTERVAL, System::nanoTime);
    private final ConnectionStatus status;
    private final ConnectLoop loop;
    /** Taken around every call of a listener: while one connection ends and the next begins, two threads deliver. */
    private final ReentrantLock turn = new ReentrantLock();
    private boolean lastCallFailed;
    /** Guards the four below, so that a subscription is made on every connection exactly once. */
    private final Object lock = new Object();
    private final List<Subscribed> subscriptions = new ArrayList<>();
    private final List<Runnable> connectedListeners = new ArrayList<>();
    private Optional<Dispatcher> dispatcher = Optional.empty();
    private volatile Optional<NatsConnection> current = Optional.empty();
    private volatile int maxPayloadBytes = DEFAULT_MAX_PAYLOAD;

    /**
     * A link that has not been started.
     *
     * @param servers as {@link io.sdros.telemetry.nats.NatsServers} describes a list
     * @throws IllegalArgumentException if that is wrong
     */
    public NatsLink(String servers, Optional<Path> credentialsFile, Optional<Path> caFile, String name) {
        ConnectionSettings settings = new ConnectionSettings(ServerList.parse(servers), credentialsFile, caFile, name, CONNECT_TIMEOUT,
                OUTGOING_MESSAGES, PINGS, "Relay: NATS", LOG);
        status = new ConnectionStatus(settings, changed -> { }, new LineBudget(LINES_AT_ONCE, LINE_INTERVAL, System::nanoTime));
        loop = new ConnectLoop(settings, new ConnectionThreads(name), status, lines, new User());
    }

    /** What may wait until listeners have taken it, in a heap of this size; what comes then is dropped. */
    public static long mostWaitingBytes(long heapBytes) {
        return Math.min(WAITING_BYTES, heapBytes / WAITING_PART_OF_HEAP);
    }

    /** One filter, on whatever connection there is. */
    private final class Subscribed implements LinkSubscription {
        private final String filter;
        private final Consumer<LinkMessage> listener;
        private Optional<Subscription> subscription = Optional.empty();
        private volatile boolean ended;

        Subscribed(String filter, Consumer<LinkMessage> listener) {
            this.filter = filter;
            this.listener = listener;
        }

        void subscribe(Dispatcher on) {
            try {
                subscription = Optional.of(on.subscribe(filter, this::received));
            } catch (IllegalStateException e) {
                LOG.debug("The connection ended just now; the next one will subscribe to {}", filter);
            }
        }

        private void received(Message message) {
            LinkMessage told = new LinkMessage(message.getSubject(), Optional.ofNullable(message.getReplyTo()), message.getData(),
                    message.isStatusMessage() && message.getStatus().getCode() == NO_RESPONDERS);
            call(() -> {
                if (!ended) {
                    listener.accept(told);
                }
            });
        }

        @Override
        public void close() {
            synchronized (lock) {
                ended = true;
                subscriptions.remove(this);
                dispatcher.ifPresent(on -> subscription.ifPresent(one -> unsubscribe(on, one)));
                subscription = Optional.empty();
            }
        }

        private void unsubscribe(Dispatcher on, Subscription one) {
            try {
                on.unsubscribe(one);
            } catch (IllegalStateException e) {
                LOG.debug("The connection ended, and with it the subscription to {}", filter);
            }
        }
    }

    private final class User implements ConnectionUser, ConnectionEvents.Listener {

        @Override
        public void begin(NatsConnection connection) throws TimeoutException, InterruptedException {
            connection.events().listener(this);
            maxPayloadBytes = (int) Math.min(Integer.MAX_VALUE, connection.connection().getMaxPayload());
            Dispatcher made = connection.connection().createDispatcher();
            made.setPendingLimits(WAITING_MESSAGES, mostWaitingBytes(Runtime.getRuntime().maxMemory()));
            List<Runnable> listeners;
            synchronized (lock) {
                subscriptions.forEach(each -> each.subscribe(made));
                dispatcher = Optional.of(made);
                current = Optional.of(connection);
                listeners = List.copyOf(connectedListeners);
            }
            connection.ping(CONNECT_TIMEOUT);
            listeners.forEach(NatsLink.this::call);
        }

        @Override
        public void end(NatsConnection connection) {
            synchronized (lock) {
                current = Optional.empty();
                dispatcher = Optional.empty();
                subscriptions.forEach(each -> each.subscription = Optional.empty());
            }
        }

        @Override
        public void denied(NatsDenial.Operation operation, String subject) {
            if (lines.take()) {
                LOG.warn("Relay: NATS does not allow to {} {}",
                        operation == NatsDenial.Operation.SUBSCRIBE ? "subscribe to" : "publish to", subject);
            }
        }

        @Override
        public void slow() {
            if (lines.take()) {
                LOG.warn("Relay: frames arrive faster than they are taken; messages are dropped");
            }
        }
    }

    private void call(Runnable listenerCall) {
        turn.lock();
        try {
            listenerCall.run();
            lastCallFailed = false;
        } catch (RuntimeException | Error e) {
            if (!lastCallFailed) {
                lastCallFailed = true;
                LOG.error("The relay went on after a failure; further ones in a row are not logged", e);
            }
        } finally {
            turn.unlock();
        }
    }

    /** Begins to connect, in the background. Once. */
    public void start() {
        loop.start();
    }

    /** Where it stands. */
    public NatsStatus status() {
        return status.current();
    }

    @Override
    public boolean publish(String subject, byte[] payload) {
        return publishOn(subject, null, payload);
    }

    @Override
    public boolean publish(String subject, String replyTo, byte[] payload) {
        return publishOn(subject, replyTo, payload);
    }

    /** @param replyTo null for none, as jnats has it */
    private boolean publishOn(String subject, String replyTo, byte[] payload) {
        Optional<NatsConnection> connection = current;
        if (connection.isEmpty() || !connection.get().open()) {
            return false;
        }
        try {
            connection.get().connection().publish(subject, replyTo, payload);
            return true;
        } catch (IllegalStateException | IllegalArgumentException e) {
            // Lost in this very moment, or larger than this server accepts.
            return false;
        }
    }

    @Override
    public LinkSubscription subscribe(String filter, Consumer<LinkMessage> listener) {
        Subscribed subscribed = new Subscribed(filter, listener);
        synchronized (lock) {
            subscriptions.add(subscribed);
            dispatcher.ifPresent(subscribed::subscribe);
        }
        return subscribed;
    }

    @Override
    public void onConnected(Runnable listener) {
        synchronized (lock) {
            connectedListeners.add(listener);
        }
    }

    @Override
    public boolean connected() {
        return current.map(NatsConnection::open).orElse(false);
    }

    @Override
    public long pendingBytes() {
        return current.map(connection -> connection.connection().outgoingPendingBytes()).orElse(0L);
    }

    @Override
    public int maxPayloadBytes() {
        return maxPayloadBytes;
    }

    @Override
    public String newInbox() {
        byte[] bytes = new byte[INBOX_BYTES];
        random.nextBytes(bytes);
        return INBOX_PREFIX + HexFormat.of().formatHex(bytes);
    }

    @Override
    public void reconnect() {
        current.ifPresent(NatsConnection::giveUp);
    }

    /** Ends the connection. Waits a second or two at most. */
    @Override
    public void close() {
        loop.close();
    }
}

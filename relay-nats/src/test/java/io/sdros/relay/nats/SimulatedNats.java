package io.sdros.relay.nats;

import io.sdros.relay.nats.link.LinkMessage;
import io.sdros.relay.nats.link.RelayLink;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;

/** A nats-server that hands on what it has been given when it is told to, to connections that can be lost. One thread. */
final class SimulatedNats {

    private final List<Connection> connections = new ArrayList<>();
    private final Queue<Runnable> onTheWay = new ArrayDeque<>();
    private int inboxes;

    /** Another connection. */
    Connection connection() {
        Connection made = new Connection();
        connections.add(made);
        return made;
    }

    /** Hands on all that was published before. What is published meanwhile is for the next time. */
    void deliver() {
        for (int waiting = onTheWay.size(); waiting > 0; waiting--) {
            onTheWay.remove().run();
        }
    }

    private void publish(String subject, Optional<String> replyTo, byte[] payload) {
        for (Connection connection : connections) {
            int number = connection.number;
            for (Subscription subscription : List.copyOf(connection.subscriptions)) {
                if (subscription.filter.equals(subject)) {
                    LinkMessage message = new LinkMessage(subject, replyTo, payload.clone(), false);
                    onTheWay.add(() -> subscription.deliver(message, number));
                }
            }
        }
    }

    private static final class Subscription implements RelayLink.LinkSubscription {
        private final Connection connection;
        private final String filter;
        private final Consumer<LinkMessage> listener;

        Subscription(Connection connection, String filter, Consumer<LinkMessage> listener) {
            this.connection = connection;
            this.filter = filter;
            this.listener = listener;
        }

        void deliver(LinkMessage message, int number) {
            if (connection.number == number && connection.subscriptions.contains(this)) {
                listener.accept(message);
            }
        }

        @Override
        public void close() {
            connection.subscriptions.remove(this);
        }
    }

    /** One client's. */
    final class Connection implements RelayLink {
        private final List<Subscription> subscriptions = new ArrayList<>();
        private final List<Runnable> listeners = new ArrayList<>();
        private int number;

        @Override
        public boolean publish(String subject, byte[] payload) {
            SimulatedNats.this.publish(subject, Optional.empty(), payload);
            return true;
        }

        @Override
        public boolean publish(String subject, String replyTo, byte[] payload) {
            SimulatedNats.this.publish(subject, Optional.of(replyTo), payload);
            return true;
        }

        @Override
        public LinkSubscription subscribe(String filter, Consumer<LinkMessage> listener) {
            Subscription added = new Subscription(this, filter, listener);
            subscriptions.add(added);
            return added;
        }

        @Override
        public void onConnected(Runnable listener) {
            listeners.add(listener);
        }

        @Override
        public boolean connected() {
            return true;
        }

        @Override
        public long pendingBytes() {
            return 0;
        }

        @Override
        public int maxPayloadBytes() {
            return 1 << 20;
        }

        @Override
        public String newInbox() {
            inboxes++;
            return INBOX_PREFIX + inboxes;
        }

        @Override
        public void reconnect() {
            number++;
            // As a real one does, which finds a server, and tells it later.
            onTheWay.add(() -> listeners.forEach(Runnable::run));
        }
    }
}

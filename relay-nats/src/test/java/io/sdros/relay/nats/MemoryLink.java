package io.sdros.relay.nats;

import io.sdros.relay.nats.link.LinkMessage;
import io.sdros.relay.nats.link.RelayLink;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A connection to nobody: whatever is published goes to those who have subscribed here, on the publisher's thread. */
final class MemoryLink implements RelayLink {

    private record Listener(String filter, Consumer<LinkMessage> consumer) {

        boolean hears(String subject) {
            boolean wild = filter.endsWith(">") || filter.endsWith("*");
            return filter.equals(subject) || wild && subject.startsWith(filter.substring(0, filter.length() - 1));
        }
    }

    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final List<Runnable> connectedListeners = new CopyOnWriteArrayList<>();
    private final AtomicInteger inboxes = new AtomicInteger();
    final AtomicInteger reconnects = new AtomicInteger();
    private volatile boolean connected = true;

    void lose() {
        connected = false;
    }

    void connect() {
        connected = true;
        connectedListeners.forEach(Runnable::run);
    }

    List<String> filters() {
        return listeners.stream().map(Listener::filter).sorted().toList();
    }

    @Override
    public boolean publish(String subject, byte[] payload) {
        return publish(subject, Optional.empty(), payload);
    }

    @Override
    public boolean publish(String subject, String replyTo, byte[] payload) {
        return publish(subject, Optional.of(replyTo), payload);
    }

    private boolean publish(String subject, Optional<String> replyTo, byte[] payload) {
        if (connected) {
            listeners.stream().filter(listener -> listener.hears(subject))
                    .forEach(listener -> listener.consumer.accept(new LinkMessage(subject, replyTo, payload.clone(), false)));
        }
        return connected;
    }

    @Override
    public LinkSubscription subscribe(String filter, Consumer<LinkMessage> listener) {
        Listener added = new Listener(filter, listener);
        listeners.add(added);
        return () -> listeners.remove(added);
    }

    @Override
    public void onConnected(Runnable listener) {
        connectedListeners.add(listener);
    }

    @Override
    public boolean connected() {
        return connected;
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
        return "_INBOX." + inboxes.incrementAndGet();
    }

    @Override
    public void reconnect() {
        reconnects.incrementAndGet();
        connect(); // as a real one does, which finds a server
    }
}

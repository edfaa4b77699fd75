package io.sdros.telemetry.nats;

import io.nats.client.Dispatcher;
import io.nats.client.MessageHandler;
import io.nats.client.Subscription;
import io.sdros.telemetry.nats.NatsDenial.Operation;
import io.sdros.telemetry.nats.connection.ServerError;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** What one connection has subscribed to, and what of it the server has denied. Any thread. */
final class Subscriptions {
    private final Dispatcher dispatcher;
    private final AllowList allowList;
    private final Delivery delivery;
    private final Denials denials;
    private final List<Subscribed> all = new CopyOnWriteArrayList<>();

    /** One filter; {@code index} is its place in the allow-list, or negative. */
    private final class Subscribed {
        private final SubjectFilter filter;
        private final int index;
        private final MessageHandler handler;
        private Subscription subscription;
        private boolean denied;

        Subscribed(SubjectFilter filter, int index, MessageHandler handler) {
            this.filter = filter;
            this.index = index;
            this.handler = handler;
        }

        // The lock is held while the request is queued, so that no answer to it is taken for one to an earlier request.
        synchronized void subscribe() {
            if (subscription != null) {
                // The server has forgotten it, jnats has not.
                dispatcher.unsubscribe(subscription);
            }
            denied = false;
            subscription = dispatcher.subscribe(filter.toString(), handler);
        }

        synchronized void deny() {
            denied = true;
        }

        synchronized boolean denied() {
            return denied;
        }
    }

    Subscriptions(Dispatcher dispatcher, AllowList allowList, Delivery delivery, Denials denials) {
        this.dispatcher = dispatcher;
        this.allowList = allowList;
        this.delivery = delivery;
        this.denials = denials;
    }

    void addTelemetry() {
        List<SubjectFilter> filters = allowList.filters();
        for (int i = 0; i < filters.size(); i++) {
            int index = i;
            add(new Subscribed(filters.get(i), index, message -> {
                String subject = message.getSubject();
                if (allowList.isFirst(index, subject)) {
                    delivery.telemetry(subject, message.getData());
                }
            }));
        }
    }

    void addControl(NatsSession.ControlSubscription control) {
        add(new Subscribed(control.filter(), -1, message -> delivery.control(control.consumer(), message.getData())));
    }

    private void add(Subscribed subscribed) {
        // In the list first: the denial may be there before the call returns.
        all.add(subscribed);
        subscribed.subscribe();
    }

    /** The server has refused a subscription, or taken it away. */
    void denied(String subject) {
        String shown = subject;
        for (Subscribed each : all) {
            if (ServerError.asNamed(each.filter.toString()).equals(subject)) {
                shown = each.filter.toString();
                each.deny();
                if (each.index >= 0) {
                    allowList.deny(each.index);
                }
            }
        }
        denials.refused(Operation.SUBSCRIBE, shown);
    }

    /** Subscribes once more to what is denied; returns whether there was anything. */
    boolean tryAgain() {
        List<Subscribed> again = all.stream().filter(Subscribed::denied).toList();
        Set<SubjectFilter> due = again.stream().map(each -> each.filter).collect(Collectors.toCollection(HashSet::new));
        due.removeIf(filter -> !denials.mayTry(Operation.SUBSCRIBE, filter.toString()));
        for (Subscribed each : again) {
            if (!due.contains(each.filter)) {
                continue;
            }
            if (each.index >= 0) {
                allowList.tryAgain(each.index);
            }
            each.subscribe();
        }
        return !due.isEmpty();
    }

    /** The server has answered all requests: what it has not denied it has allowed. */
    void answered() {
        for (Subscribed each : all) {
            if (!each.denied()) {
                denials.allowed(Operation.SUBSCRIBE, each.filter.toString());
            }
        }
    }
}

package io.sdros.transport.undertow.http;

import io.sdros.transport.undertow.access.IpLiteral;
import java.net.InetAddress;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The connections that are no viewers: not yet, or never. Their number is bounded, altogether and per address. A new one
 * is always accepted, and another one is closed for it: of the address that has the most, the one that has been idle for
 * longest, so that an address with many connections loses its own first. Trusted proxies have no limit per address, and
 * theirs are closed only if there are no others. Any thread.
 */
public final class HttpConnections {

    private final int limit;
    private final int addressLimit;
    private final Predicate<InetAddress> trusted;
    private final StrangerLog log;
    private final Map<InetAddress, Group> groups = new HashMap<>();
    private final Map<CutReason, Long> cuts = new EnumMap<>(CutReason.class);
    private int count;
    private long added;

    /** Those of one address. */
    private static final class Group {
        /** Waiting for a request, or in the middle of its head; the longest first. */
        private final Set<HttpConnection> idle = new LinkedHashSet<>();
        /** Being answered; the longest first. */
        private final Set<HttpConnection> served = new LinkedHashSet<>();

        private int size() {
            return idle.size() + served.size();
        }

        private Optional<HttpConnection> oldest(HttpConnection except) {
            return idle.stream().filter(each -> each != except).findFirst()
                    .or(() -> served.stream().filter(each -> each != except).findFirst());
        }
    }

    /** One that is closed for a new one, and why. */
    private record Victim(HttpConnection connection, CutReason reason) {
    }

    public HttpConnections(int limit, int addressLimit, Predicate<InetAddress> trusted, StrangerLog log) {
        this.limit = limit;
        this.addressLimit = addressLimit;
        this.trusted = trusted;
        this.log = log;
        for (CutReason reason : CutReason.values()) {
            cuts.put(reason, 0L);
        }
    }

    /** Adds a new one; may close another one, on the calling thread. */
    HttpConnection add(InetAddress address, HttpConnection.Ending ending) {
        HttpConnection connection;
        Optional<Victim> victim;
        synchronized (this) {
            connection = new HttpConnection(IpLiteral.subscriber(address), trusted.test(address), added++, ending);
            groups.computeIfAbsent(connection.subscriber, key -> new Group()).idle.add(connection);
            count++;
            victim = victim(connection);
            victim.ifPresent(this::cut);
        }
        victim.ifPresent(cut -> {
            log.cut(cut.reason(), cut.connection().subscriber);
            cut.connection().ending.end(!cut.connection().answered);
        });
        return connection;
    }

    /** A request has come whole, or a TLS hello; true if nothing was answered before. */
    synchronized boolean serving(HttpConnection connection) {
        if (!connection.left) {
            Group group = groups.get(connection.subscriber);
            group.idle.remove(connection);
            group.served.add(connection);
        }
        return !connection.answered;
    }

    /** The answer has gone. */
    synchronized void idle(HttpConnection connection) {
        if (!connection.left) {
            connection.answered = true;
            Group group = groups.get(connection.subscriber);
            group.served.remove(connection);
            group.idle.add(connection);
        }
    }

    /** It has ended, or has become a viewer. Idempotent. */
    synchronized void remove(HttpConnection connection) {
        if (connection.left) {
            return;
        }
        connection.left = true;
        count--;
        Group group = groups.get(connection.subscriber);
        group.idle.remove(connection);
        group.served.remove(connection);
        if (group.size() == 0) {
            groups.remove(connection.subscriber);
        }
    }

    public synchronized int count() {
        return count;
    }

    /** How many were closed for new ones; every reason has an entry. */
    public synchronized Map<CutReason, Long> cuts() {
        return Map.copyOf(cuts);
    }

    private void cut(Victim victim) {
        remove(victim.connection());
        cuts.merge(victim.reason(), 1L, Long::sum);
    }

    private Optional<Victim> victim(HttpConnection newcomer) {
        Group own = groups.get(newcomer.subscriber);
        if (!newcomer.trusted && own.size() > addressLimit) {
            return own.oldest(newcomer).map(connection -> new Victim(connection, CutReason.ADDRESS_LIMIT));
        }
        return count > limit
                ? largest(newcomer).map(connection -> new Victim(connection, CutReason.LIMIT))
                : Optional.empty();
    }

    /** The oldest of the largest group; of equals of the group whose oldest has waited longest. */
    private Optional<HttpConnection> largest(HttpConnection newcomer) {
        HttpConnection found = null;
        int foundSize = 0;
        for (Group group : groups.values()) {
            Optional<HttpConnection> oldest = group.oldest(newcomer);
            if (oldest.isPresent() && (found == null || before(oldest.get(), group.size(), found, foundSize))) {
                found = oldest.get();
                foundSize = group.size();
            }
        }
        return Optional.ofNullable(found);
    }

    private static boolean before(HttpConnection one, int size, HttpConnection other, int otherSize) {
        if (one.trusted != other.trusted) {
            return other.trusted;
        }
        return size != otherSize ? size > otherSize : one.number < other.number;
    }
}

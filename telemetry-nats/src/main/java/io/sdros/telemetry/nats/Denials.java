package io.sdros.telemetry.nats;

import io.sdros.telemetry.nats.NatsDenial.Operation;
import io.sdros.telemetry.nats.connection.LineBudget;
import io.sdros.telemetry.nats.connection.ServerError;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the servers have denied to this login and not allowed since, through all connections. Says once when a denial
 * begins and when it ends. Any thread.
 */
final class Denials {
    private static final Logger LOG = LoggerFactory.getLogger(NatsRelay.class);
    // Subjects to publish to come from the owner of the relay, who may use any number of them.
    private static final int MOST = 1_000;

    private final Duration retry;
    private final LongSupplier nanoClock;
    private final LineBudget lines;
    private final Map<Key, Entry> entries = new LinkedHashMap<>();
    private final Map<Operation, Long> refusals = new EnumMap<>(Operation.class);

    private record Key(Operation operation, String subject) {
        Key {
            subject = ServerError.asNamed(subject);
        }
    }

    private static final class Entry {
        private final Key key;
        private final String shown;
        private boolean denied;
        private Instant since = Instant.EPOCH;
        private long triedNanos;
        private long refusals;

        Entry(Key key, String shown) {
            this.key = key;
            this.shown = shown;
        }
    }

    Denials(Duration retry, LongSupplier nanoClock, LineBudget lines) {
        this.retry = retry;
        this.nanoClock = nanoClock;
        this.lines = lines;
        for (Operation operation : Operation.values()) {
            refusals.put(operation, 0L);
        }
    }

    Duration retry() {
        return retry;
    }

    /** The server has just refused it. */
    synchronized void refused(Operation operation, String subject) {
        refusals.merge(operation, 1L, Long::sum);
        Key key = new Key(operation, subject);
        if (!entries.containsKey(key) && entries.size() == MOST) {
            entries.remove(entries.keySet().iterator().next());
        }
        Entry entry = entries.computeIfAbsent(key, absent -> new Entry(absent, subject));
        entry.refusals++;
        entry.triedNanos = nanoClock.getAsLong();
        if (!entry.denied) {
            entry.denied = true;
            entry.since = Instant.now();
            if (lines.take()) {
                LOG.warn("NATS does not allow {} {}; it is tried again every {} s", doing(operation), subject,
                        Double.toString(retry.toMillis() / 1_000.0).replaceFirst("\\.0$", ""));
            }
        }
    }

    /** The server has let it pass. */
    synchronized void allowed(Operation operation, String subject) {
        Entry entry = entries.get(new Key(operation, subject));
        if (entry != null && entry.denied) {
            entry.denied = false;
            if (lines.take()) {
                LOG.info("NATS allows {} {} again", doing(operation), subject);
            }
        }
    }

    /** Whether it is denied now. */
    synchronized boolean contains(Operation operation, String subject) {
        Entry entry = entries.get(new Key(operation, subject));
        return entry != null && entry.denied;
    }

    /** Whether it may be tried now; at most one of those who ask about a denied one may, once per retry interval. */
    synchronized boolean mayTry(Operation operation, String subject) {
        Entry entry = entries.get(new Key(operation, subject));
        if (entry == null || !entry.denied) {
            return true;
        }
        long nowNanos = nanoClock.getAsLong();
        if (nowNanos - entry.triedNanos < retry.toNanos()) {
            return false;
        }
        entry.triedNanos = nowNanos;
        return true;
    }

    /** Another connection may have other permissions: everything may be tried at once. */
    synchronized void newConnection() {
        long longAgo = nanoClock.getAsLong() - retry.toNanos();
        entries.values().forEach(entry -> entry.triedNanos = longAgo);
    }

    /** How often it has been refused; whoever reads it before and after an attempt knows how that ended. */
    synchronized long refusals(Operation operation, String subject) {
        Entry entry = entries.get(new Key(operation, subject));
        return entry == null ? 0 : entry.refusals;
    }

    /** How often anything has been refused, with an entry for every operation. */
    synchronized Map<Operation, Long> totals() {
        return Map.copyOf(refusals);
    }

    /** What is denied now, in the order in which it was first denied. */
    synchronized List<NatsDenial> current() {
        return entries.values().stream().filter(entry -> entry.denied)
                .map(entry -> new NatsDenial(entry.key.operation, entry.shown, entry.since)).toList();
    }

    private static String doing(Operation operation) {
        return operation == Operation.SUBSCRIBE ? "to subscribe to" : "to publish to";
    }
}

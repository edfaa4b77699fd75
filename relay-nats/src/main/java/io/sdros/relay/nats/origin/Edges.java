package io.sdros.relay.nats.origin;

import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/** The edges that want a stream. One thread. */
final class Edges {

    /** Three beats, of one a second, and half of one for being late. */
    static final long GONE_NANOS = TimeUnit.MILLISECONDS.toNanos(3_500);

    /** More than one origin serves; further ones are not heard, so that nobody fills the memory with numbers. */
    private static final int MOST = 4_096;

    /**
     * What is known of one.
     *
     * @param heardNanos when it last said anything
     */
    record Edge(long id, long heardNanos, long lagMicros, long rttMicros) {
    }

    private final Map<Long, Edge> known = new LinkedHashMap<>();

    /** It has said something. */
    void heard(long id, long nowNanos) {
        Edge before = known.get(id);
        if (before != null) {
            known.put(id, new Edge(id, nowNanos, before.lagMicros, before.rttMicros));
        } else {
            add(new Edge(id, nowNanos, 0, 0));
        }
    }

    void beat(long id, long lagMicros, long rttMicros, long nowNanos) {
        add(new Edge(id, nowNanos, lagMicros, rttMicros));
    }

    private void add(Edge edge) {
        if (known.size() < MOST || known.containsKey(edge.id)) {
            known.put(edge.id, edge);
        }
    }

    /** @return whether it was known */
    boolean remove(long id) {
        return known.remove(id) != null;
    }

    /** Forgets those that have been silent for too long. */
    void expire(long nowNanos, LongConsumer gone) {
        for (Iterator<Edge> all = known.values().iterator(); all.hasNext(); ) {
            Edge edge = all.next();
            if (nowNanos - edge.heardNanos > GONE_NANOS) {
                all.remove();
                gone.accept(edge.id);
            }
        }
    }

    void clear(LongConsumer gone) {
        known.keySet().forEach(gone::accept);
        known.clear();
    }

    int count() {
        return known.size();
    }

    Optional<Edge> get(long id) {
        return Optional.ofNullable(known.get(id));
    }

    /**
     * The one with the least lag of those against which least is held.
     *
     * @param held how much is held against one
     */
    Optional<Edge> best(Predicate<Edge> eligible, ToIntFunction<Edge> held) {
        return known.values().stream().filter(eligible).min(Comparator.comparingInt(held).thenComparingLong(Edge::lagMicros));
    }
}

package io.sdros.relay.nats.origin;

import io.sdros.relay.nats.wire.EdgeId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * How much is on its way: no frame is begun while the oldest one that was not acknowledged is older than the window. One edge
 * acknowledges, the one with the least lag, which stands for the way up to where the edges' ways part. If it is silent for
 * half a window the next frames ask another as well, so that a frozen edge holds nobody up; whoever answers first is kept.
 * Once the window has closed another is asked with one frame, and one more, so that an outage lets nearly nothing pass.
 * After that a frame goes out from time to time for as long as edges are heard: a frame or an acknowledgement may have been
 * lost for good. One thread.
 */
final class AckWindow {

    /** So much better must another edge be to be asked instead. */
    private static final long WORTH_MICROS = 20_000;
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int MOST_PROBES = 2;
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int MOST_IN_VAIN = 20;
    /** So long, times how often it was, an edge that was asked in vain comes behind the others. */
    private static final long HELD_AGAINST_NANOS = TimeUnit.SECONDS.toNanos(30);

    /**
     * A frame on its way.
     *
     * @param sentBytes of all frames so far, this one included
     */
    record InFlight(long sequence, long sentNanos, long sentBytes) {
    }

    /** How often an edge was asked and did not acknowledge, since it did, and when it was last. */
    private record InVain(int times, long atNanos) {
    }

    private final long windowNanos;
    private final Deque<InFlight> inFlight = new ArrayDeque<>();
    private OptionalLong acker = OptionalLong.empty();
    private long chosenNanos;
    /** Those whose word counts besides the acker's: they were asked before. */
    private final Set<Long> asked = new HashSet<>();
    /** An edge that may not subscribe to the frames beats all the same, and says that nothing is late. */
    private final Map<Long, InVain> inVain = new HashMap<>();
    /** Whose place the acker takes, unless that one speaks first. */
    private OptionalLong silent = OptionalLong.empty();
    /** Since when nothing was acknowledged of what is on its way. */
    private long unansweredSinceNanos;
    private boolean closed;
    private long quietSinceNanos;
    private int probes;
    private boolean probe;
    private long closings;

    AckWindow(long windowNanos) {
        this.windowNanos = windowNanos;
    }

    /** What frames are to call the one that acknowledges; 0 = nobody. */
    int ackerNumber() {
        return acker.isPresent() ? EdgeId.ackerNumber(acker.getAsLong()) : 0;
    }

    OptionalLong acker() {
        return acker;
    }

    boolean maySend(Edges edges, long nowNanos) {
        choose(edges, nowNanos);
        if (acker.isEmpty() || inFlight.isEmpty() || nowNanos - inFlight.peek().sentNanos <= windowNanos) {
            closed = false;
            askBesides(edges, nowNanos);
            return true;
        }
        if (!closed) {
            closed = true;
            closings++;
            quietSinceNanos = nowNanos;
            probes = 0;
            probe = false;
        }
        if (!probe && nowNanos - quietSinceNanos > windowNanos) {
            probe(edges, nowNanos);
        }
        return probe;
    }

    private void choose(Edges edges, long nowNanos) {
        inVain.keySet().removeIf(edge -> edges.get(edge).isEmpty());
        Optional<Edges.Edge> now = acker.isPresent() ? edges.get(acker.getAsLong()) : Optional.empty();
        if (now.isEmpty()) {
            // What was on its way to one that is gone will not be acknowledged.
            forget();
            edges.best(edge -> true, edge -> inVain(edge, nowNanos)).ifPresent(edge -> ask(edge, nowNanos));
        } else if (nowNanos - chosenNanos > KEPT_NANOS) {
            chosenNanos = nowNanos;
            edges.best(edge -> true, edge -> inVain(edge, nowNanos))
                    .filter(edge -> edge.lagMicros() + WORTH_MICROS < now.get().lagMicros())
                    .ifPresent(edge -> ask(edge, nowNanos));
        }
    }

    private void ask(Edges.Edge edge, long nowNanos) {
        asked.add(edge.id());
        acker = OptionalLong.of(edge.id());
        chosenNanos = nowNanos;
        silent = OptionalLong.empty();
    }

    /** While frames still go out, which is early enough for the answer to come before they would have to stop. */
    private void askBesides(Edges edges, long nowNanos) {
        if (!inFlight.isEmpty() && silent.isEmpty() && nowNanos - unansweredSinceNanos > windowNanos / 2) {
            edges.best(edge -> !asked.contains(edge.id()), edge -> inVain(edge, nowNanos)).ifPresent(edge -> {
                OptionalLong before = acker;
                ask(edge, nowNanos);
                silent = before;
            });
        }
    }

    private void probe(Edges edges, long nowNanos) {
        boolean another = probes < MOST_PROBES && edges.best(edge -> !asked.contains(edge.id()), edge -> 0).isPresent();
        if (!another && nowNanos - quietSinceNanos <= AGAIN_NANOS) {
            return;
        }
        Predicate<Edges.Edge> eligible = another ? edge -> !asked.contains(edge.id())
                : edge -> edge.heardNanos() - quietSinceNanos > 0;
        if (edges.best(eligible, edge -> 0).isPresent()) {
            acker.ifPresent(edge -> askedInVain(edge, nowNanos));
            silent.ifPresent(edge -> askedInVain(edge, nowNanos));
            edges.best(eligible, edge -> inVain(edge, nowNanos)).ifPresent(edge -> ask(edge, nowNanos));
            probes++;
            probe = true;
        }
    }

    private int inVain(Edges.Edge edge, long nowNanos) {
        InVain known = inVain.get(edge.id());
        return known == null || nowNanos - known.atNanos > known.times * HELD_AGAINST_NANOS ? 0 : known.times;
    }

    private void askedInVain(long edge, long nowNanos) {
        int times = inVain.containsKey(edge) ? inVain.get(edge).times : 0;
        inVain.put(edge, new InVain(Math.min(times + 1, MOST_IN_VAIN), nowNanos));
    }

    /** A frame is on its way. */
    void sent(long sequence, long sentBytes, long nowNanos) {
        if (acker.isPresent()) {
            if (inFlight.isEmpty()) {
                unansweredSinceNanos = nowNanos;
            }
            inFlight.add(new InFlight(sequence, nowNanos, sentBytes));
            if (probe) {
                probe = false;
                quietSinceNanos = nowNanos;
            }
        }
    }

    /**
     * An edge says that it has all up to this frame.
     *
     * @return the newest of those that were on their way and are there now
     */
    Optional<InFlight> acknowledged(long edge, long sequence, long nowNanos) {
        if (!asked.contains(edge)) {
            return Optional.empty();
        }
        Optional<InFlight> newest = Optional.empty();
        while (!inFlight.isEmpty() && inFlight.peek().sequence <= sequence) {
            newest = Optional.of(inFlight.remove());
        }
        if (newest.isPresent()) {
            inVain.remove(edge);
            unansweredSinceNanos = nowNanos;
            quietSinceNanos = nowNanos;
            probes = 0;
            asked.clear();
            asked.add(edge);
            // Frames on their way may name this one.
            acker.ifPresent(asked::add);
            if (silent.isPresent() && silent.getAsLong() == edge) {
                acker = silent;
            } else {
                silent.ifPresent(other -> askedInVain(other, nowNanos));
            }
            silent = OptionalLong.empty();
        }
        return newest;
    }

    /** An edge begins anew: what was on its way to it does not come any more. */
    void joined(long edge) {
        if (acker.isPresent() && acker.getAsLong() == edge) {
            forget();
        }
    }

    /** Nothing is on its way any more, and nobody is asked. */
    void forget() {
        inFlight.clear();
        asked.clear();
        acker = OptionalLong.empty();
        silent = OptionalLong.empty();
        closed = false;
        probe = false;
    }

    /** How often it closed. */
    long closings() {
        return closings;
    }
}

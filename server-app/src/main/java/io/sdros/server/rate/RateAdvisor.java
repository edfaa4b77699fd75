package io.sdros.server.rate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Makes one advice for a stream's encoder out of its viewers' feedback, and decides when it is told: at most five times a second when
 * it changes, and every 2 s while there is a limit. Any thread; whoever calls waits for others who do, for as long as one look takes.
 */
public final class RateAdvisor {

    /** Between two looks at all viewers, which may be a thousand, each heard five times a second. */
    private static final long LOOK_NANOS = 50_000_000L;
    private static final long LEAST_INTERVAL_NANOS = 200_000_000L;
    private static final long REPEAT_NANOS = 2_000_000_000L;
    private static final long PRODUCED_NANOS = 1_000_000_000L;
    private static final double WORTH_TELLING = 0.02;
    private static final double BITS_PER_BYTE_AND_NANO = 8e9;
    private static final int PERCENTILE_DIVISOR = 4;

    /** An edge repeats its advice every 2 s while there is a limit, so one that is older is over. */
    private static final long EDGE_NANOS = 5_000_000_000L;
    /** Acknowledgements come for each frame. */
    private static final long UPLINK_NANOS = 1_000_000_000L;

    private record Produced(long atNanos, long bytes) {
    }

    private record EdgeAdvice(double targetBps, int clients, double carriedBps, long atNanos) {
    }

    /** What somebody's connection may be sent, and for how many that speaks. */
    private record Voice(double targetBps, double carriedBps, int clients) {
    }

    private final RatePolicy policy;
    private final Map<Long, NadaRate> viewers = new HashMap<>();
    private final Map<Long, EdgeAdvice> edges = new HashMap<>();
    private NadaRate uplink = new NadaRate();
    private boolean uplinkHeard;
    private long uplinkNanos;
    private final Deque<Produced> produced = new ArrayDeque<>();
    private boolean lookedOnce;
    private long lookedNanos;
    private double ceiling;
    private double told = Double.POSITIVE_INFINITY;
    private boolean toldOnce;
    private long toldNanos;

    public RateAdvisor(RatePolicy policy) {
        this.policy = policy;
    }

    /** A viewer that plays was heard. */
    public synchronized void feedback(long viewer, RateSample sample) {
        if (policy != RatePolicy.OFF) {
            viewers.computeIfAbsent(viewer, number -> new NadaRate()).feedback(sample, ceiling);
        }
    }

    /** A viewer does not play any more, or has left. */
    public synchronized void gone(long viewer) {
        viewers.remove(viewer);
    }

    /**
     * What an edge says of its viewers, who are judged by together with those of this server, each edge for as many as it has.
     *
     * @param targetBps absent if no limit is known
     */
    public synchronized void edge(long edge, OptionalLong targetBps, int clients, long carriedBps, long nowNanos) {
        if (policy != RatePolicy.OFF && clients > 0) {
            double target = targetBps.isPresent() ? Math.max(NadaRate.LEAST_BPS, targetBps.getAsLong()) : Double.POSITIVE_INFINITY;
            edges.put(edge, new EdgeAdvice(target, clients, carriedBps, nowNanos));
        } else {
            edges.remove(edge);
        }
    }

    /** An edge has left. */
    public synchronized void edgeGone(long edge) {
        edges.remove(edge);
    }

    /** What an acknowledgement says of the way to the edges. All viewers behind it share it, so what it carries bounds the rest. */
    public synchronized void uplink(RateSample sample) {
        if (policy != RatePolicy.OFF) {
            if (sample.atNanos() - uplinkNanos > UPLINK_NANOS) {
                uplink = new NadaRate(); // of a time before
            }
            uplinkHeard = true;
            uplinkNanos = sample.atNanos();
            uplink.feedback(sample, ceiling);
        }
    }

    /** Whether there is nobody to judge by, and no limit that was told has to be taken back. */
    public synchronized boolean idle() {
        return viewers.isEmpty() && edges.isEmpty() && !uplinkHeard && Double.isInfinite(told);
    }

    /**
     * What is to be told now, if anything; to be asked several times a second. Cheap if it was asked just before.
     *
     * @param producedBytes of the stream's frames so far; never less than before
     */
    public synchronized Optional<RateAdvice> due(long nowNanos, long producedBytes) {
        if (lookedOnce && nowNanos - lookedNanos < LOOK_NANOS) {
            return Optional.empty();
        }
        lookedOnce = true;
        lookedNanos = nowNanos;
        measure(nowNanos, producedBytes);
        long since = nowNanos - toldNanos;
        if (policy == RatePolicy.OFF || toldOnce && since < LEAST_INTERVAL_NANOS) {
            return Optional.empty();
        }
        forgetOld(nowNanos);
        Optional<Voice> deciding = deciding();
        double target = deciding.map(Voice::targetBps).orElse(Double.POSITIVE_INFINITY);
        boolean limited = !Double.isInfinite(target);
        boolean wasLimited = !Double.isInfinite(told);
        boolean changed = limited != wasLimited || limited && Math.abs(target - told) > WORTH_TELLING * told;
        if (!changed && !(limited && since >= REPEAT_NANOS)) {
            return Optional.empty();
        }
        RateAdvice.Reason reason = !limited ? RateAdvice.Reason.UNLIMITED
                : !changed ? RateAdvice.Reason.STEADY
                : target < told ? RateAdvice.Reason.CONGESTION : RateAdvice.Reason.RISING;
        told = target;
        toldOnce = true;
        toldNanos = nowNanos;
        return Optional.of(new RateAdvice(limited ? OptionalLong.of(Math.round(target)) : OptionalLong.empty(), reason, clients(),
                Math.round(deciding.map(Voice::carriedBps).orElse(0.0))));
    }

    /** The most that the stream has needed over a second. */
    private void measure(long nowNanos, long producedBytes) {
        produced.add(new Produced(nowNanos, producedBytes));
        while (produced.peek().atNanos() < nowNanos - PRODUCED_NANOS) {
            Produced first = produced.remove();
            double bps = (producedBytes - first.bytes()) * BITS_PER_BYTE_AND_NANO / (nowNanos - first.atNanos());
            ceiling = Math.max(ceiling, bps);
        }
    }

    private void forgetOld(long nowNanos) {
        edges.values().removeIf(edge -> nowNanos - edge.atNanos > EDGE_NANOS);
        uplinkHeard = uplinkHeard && nowNanos - uplinkNanos <= UPLINK_NANOS;
    }

    private int clients() {
        return viewers.size() + (int) Math.min(Integer.MAX_VALUE / 2, edges.values().stream().mapToLong(EdgeAdvice::clients).sum());
    }

    private Optional<Voice> deciding() {
        Optional<Voice> viewer = decidingViewer();
        double carriesBps = uplink.targetBps();
        boolean narrow = uplinkHeard && carriesBps < viewer.map(Voice::targetBps).orElse(Double.POSITIVE_INFINITY);
        return narrow ? Optional.of(new Voice(carriesBps, uplink.carriedBps(), 1)) : viewer;
    }

    private Optional<Voice> decidingViewer() {
        List<Voice> slowestFirst = new ArrayList<>();
        viewers.values().forEach(viewer -> slowestFirst.add(new Voice(viewer.targetBps(), viewer.carriedBps(), 1)));
        edges.values().forEach(edge -> slowestFirst.add(new Voice(edge.targetBps, edge.carriedBps, edge.clients)));
        slowestFirst.sort(Comparator.comparingDouble(Voice::targetBps).thenComparingDouble(Voice::carriedBps));
        int all = clients();
        // Never the slowest of several, or of two viewers the worse would decide.
        int index = policy == RatePolicy.SLOWEST ? 0 : Math.min(all - 1, Math.max(1, all / PERCENTILE_DIVISOR));
        for (Voice voice : slowestFirst) {
            if (index < voice.clients) {
                return Optional.of(voice);
            }
            index -= voice.clients;
        }
        return Optional.empty();
    }
}

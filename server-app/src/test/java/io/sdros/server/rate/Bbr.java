package io.sdros.server.rate;

import java.util.ArrayDeque;
import java.util.Deque;

/** Like BBR, version 1: paced at the greatest rate seen of late, with twice the bandwidth-delay product on the way; blind to loss. */
final class Bbr implements CongestionControl {

    private static final double START_GAIN = 2.885;
    private static final double[] CYCLE = {1.25, 0.75, 1, 1, 1, 1, 1, 1};
    private static final long RTT_WINDOW_NANOS = 10 * Timeline.SECOND;
    private static final long PROBE_RTT_NANOS = 200 * Timeline.MILLI;
    private static final int RATE_WINDOW_ROUNDS = 10;

    private record RoundRate(long round, double bps) {
    }

    private final Deque<RoundRate> rates = new ArrayDeque<>();
    private long round;
    private long rttNanos = Long.MAX_VALUE;
    private long rttSeenNanos;
    private long probeUntilNanos;
    private long phaseNanos;
    private int phase;
    private boolean starting = true;
    private double plateau;
    private int plateauRounds;
    private boolean probing;
    private final boolean stops;

    Bbr() {
        this(false);
    }

    /** @param stops whether it makes room for the least round trip every 10 s, though the sender has gaps of its own that show it */
    Bbr(boolean stops) {
        this.stops = stops;
    }

    @Override
    public void acked(long nowNanos, long sampleRttNanos, double rateBps, boolean appLimited, boolean limited, boolean newRound) {
        if (newRound) {
            round++;
        }
        if (!appLimited || rateBps >= rate()) {
            while (!rates.isEmpty() && rates.peekLast().bps() <= rateBps) {
                rates.removeLast();
            }
            rates.addLast(new RoundRate(round, rateBps));
            // As in Linux the greatest rate is forgotten only when another takes its place, so not for want of something to send.
            while (rates.peekFirst().round() < round - RATE_WINDOW_ROUNDS) {
                rates.removeFirst();
            }
        }
        boolean expired = nowNanos > rttSeenNanos + RTT_WINDOW_NANOS;
        if (sampleRttNanos <= rttNanos || expired) {
            if (expired && sampleRttNanos > rttNanos && (stops || !appLimited)) {
                probeUntilNanos = nowNanos + PROBE_RTT_NANOS;
            }
            rttNanos = sampleRttNanos;
            rttSeenNanos = nowNanos;
        }
        if (starting && newRound && !appLimited) {
            plateauRounds = rate() >= 1.25 * plateau ? 0 : plateauRounds + 1;
            plateau = Math.max(plateau, rate());
            starting = plateauRounds < 3;
        }
        if (nowNanos > phaseNanos + rttNanos) {
            phase = (phase + 1) % CYCLE.length;
            phaseNanos = nowNanos;
        }
        probing = nowNanos < probeUntilNanos;
    }

    private double rate() {
        return rates.isEmpty() ? 0 : rates.peekFirst().bps();
    }

    @Override
    public void lost(long nowNanos) {
        // Loss is no sign of anything.
    }

    @Override
    public void timedOut() {
        // Nor is this, for more than the round that it cost.
    }

    @Override
    public double windowPackets() {
        if (probing) {
            return 4;
        }
        double gain = starting ? START_GAIN : 2;
        return rates.isEmpty() ? 10 : Math.max(4, gain * rate() * rttNanos / 8e9 / Tcp.SEGMENT_BYTES + 3);
    }

    @Override
    public double pacingBps() {
        return rates.isEmpty() ? Double.POSITIVE_INFINITY : Math.max(100_000, rate() * (starting ? START_GAIN : CYCLE[phase]));
    }
}

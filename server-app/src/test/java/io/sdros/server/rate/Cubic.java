package io.sdros.server.rate;

/** Linux' default: grows by a cubic function of the time since the last loss (RFC 9438), with a slow start that ends as delay grows. */
final class Cubic implements CongestionControl {

    private static final double C = 0.4;
    private static final double BETA = 0.7;

    private double window = 10;
    private double threshold = Double.MAX_VALUE;
    private double lastMax;
    private double friendly;
    private long epochNanos = -1;
    private long leastRttNanos = Long.MAX_VALUE;

    @Override
    public void acked(long nowNanos, long rttNanos, double rateBps, boolean appLimited, boolean limited, boolean newRound) {
        leastRttNanos = Math.min(leastRttNanos, rttNanos);
        if (!limited) {
            return;
        }
        if (window < threshold) {
            window++;
            if (window > 16 && rttNanos > leastRttNanos + Math.max(4_000_000, leastRttNanos / 8)) {
                threshold = window;
            }
            return;
        }
        if (epochNanos < 0) {
            epochNanos = nowNanos;
            lastMax = Math.max(lastMax, window);
            friendly = window;
        }
        double k = StrictMath.cbrt(lastMax * (1 - BETA) / C);
        double seconds = (nowNanos + rttNanos - epochNanos) / 1e9 - k;
        double wanted = Math.min(1.5 * window, C * seconds * seconds * seconds + lastMax);
        friendly += 3 * (1 - BETA) / (1 + BETA) / window;
        wanted = Math.max(wanted, friendly);
        window += wanted > window ? (wanted - window) / window : 0.01 / window;
    }

    @Override
    public void lost(long nowNanos) {
        lastMax = window < lastMax ? window * (1 + BETA) / 2 : window;
        window = Math.max(2, window * BETA);
        threshold = window;
        epochNanos = -1;
    }

    @Override
    public void timedOut() {
        lastMax = window;
        threshold = Math.max(2, window * BETA);
        window = 1;
        epochNanos = -1;
    }

    @Override
    public double windowPackets() {
        return window;
    }

    @Override
    public double pacingBps() {
        return Double.POSITIVE_INFINITY;
    }
}

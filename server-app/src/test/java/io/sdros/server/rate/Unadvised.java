package io.sdros.server.rate;

/** An encoder that is told nothing. */
final class Unadvised implements RateControl {

    @Override
    public void feedback(RateSample sample, long sentBytes, long waitingNanos, boolean windowClosed) {
    }

    @Override
    public double targetBps() {
        return Double.POSITIVE_INFINITY;
    }
}

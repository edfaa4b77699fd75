package io.sdros.server.rate;

/** What the server does for one viewer. */
final class Shipped implements RateControl {

    private final NadaRate rate = new NadaRate();

    @Override
    public void feedback(RateSample sample, long sentBytes, long waitingNanos, boolean windowClosed) {
        rate.feedback(sample, Scenario.ENCODER_BPS);
    }

    @Override
    public double targetBps() {
        return rate.targetBps();
    }
}

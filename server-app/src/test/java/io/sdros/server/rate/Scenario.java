package io.sdros.server.rate;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** One encoder and one viewer, for a while; everything follows from the seed. */
record Scenario(Link.LinkProfile link, Supplier<CongestionControl> congestion, int seconds) {

    static final double ENCODER_BPS = 5_000_000;
    /** The first seconds show how a limit is found, which is the same everywhere. */
    static final long SETTLED_NANOS = 5 * Timeline.SECOND;

    /**
     * What came of it.
     *
     * @param targets what the encoder was told to produce at most, every 200 ms: time and bits per second
     */
    record Outcome(List<ViewerPath.Shown> shown, List<double[]> targets, long endNanos) {

        Figures figures() {
            return figures(SETTLED_NANOS, endNanos);
        }

        Figures figures(long fromNanos, long toNanos) {
            return Figures.of(shown, targets, fromNanos, toNanos);
        }
    }

    Outcome run(RateControl control, long seed) {
        return run(control, seed, 1, 0);
    }

    /**
     * Runs it.
     *
     * @param share how much the encoder makes of what it is told
     * @param joinsNanos when the viewer joins, who is sent all frames that were made until then
     */
    Outcome run(RateControl control, long seed, double share, long joinsNanos) {
        Timeline time = new Timeline();
        List<double[]> targets = new ArrayList<>();
        Encoder encoder = new Encoder(time, new Random(seed + 1), ENCODER_BPS, share);
        ViewerPath path = new ViewerPath(time, new Link(time, new Random(seed), link), congestion.get(), control::feedback,
                encoder::requestKeyframe);
        List<Encoder.Frame> kept = new ArrayList<>();
        encoder.start(frame -> {
            if (time.now() < joinsNanos) {
                kept.add(frame);
                return;
            }
            if (!kept.isEmpty()) {
                path.join(kept);
                kept.clear();
            }
            path.offer(frame);
        });
        time.every(Timeline.SECOND / 5, () -> {
            double target = Math.min(control.targetBps(), ENCODER_BPS);
            targets.add(new double[] {time.now(), target});
            encoder.advise(target);
        });
        time.runUntil(seconds * Timeline.SECOND);
        return new Outcome(path.shown(), targets, time.now());
    }
}

package io.sdros.server.rate;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** One encoder, and two viewers on links of their own, with the advice that the server would give. */
final class TwoViewers {

    private final Timeline time = new Timeline();
    private final RateAdvisor advisor;
    private final List<double[]> targets = new ArrayList<>();
    private final Encoder encoder;
    private final List<ViewerPath> paths = new ArrayList<>();
    private long producedBytes;

    TwoViewers(RatePolicy policy, Link.LinkProfile first, Link.LinkProfile second, long seed) {
        advisor = new RateAdvisor(policy);
        encoder = new Encoder(time, new Random(seed), Scenario.ENCODER_BPS);
        for (Link.LinkProfile profile : List.of(first, second)) {
            long viewer = paths.size();
            paths.add(new ViewerPath(time, new Link(time, new Random(seed + viewer), profile), new Cubic(),
                    (sample, sent, waiting, closed) -> advisor.feedback(viewer, sample), encoder::requestKeyframe));
        }
    }

    TwoViewers run(int seconds) {
        encoder.start(frame -> {
            producedBytes += frame.bytes();
            paths.forEach(path -> path.offer(frame));
        });
        time.every(Timeline.SECOND / 10, () -> advisor.due(time.now(), producedBytes).ifPresent(advice -> {
            double target = advice.targetBps().orElse((long) Scenario.ENCODER_BPS);
            targets.add(new double[] {time.now(), target});
            encoder.advise(target);
        }));
        time.runUntil(seconds * Timeline.SECOND);
        return this;
    }

    Figures figures(int viewer) {
        return Figures.of(paths.get(viewer).shown(), targets, Scenario.SETTLED_NANOS, time.now());
    }
}

package io.sdros.it.stress;

import java.util.List;
import java.util.Locale;

/**
 * What a chaos run came to.
 *
 * @param resumeNanos from a healthy writer's first keyframe to its first frame read, ascending
 * @param before      resources before the streams were made
 * @param most        the most at any round's end
 * @param after       resources after the streams were closed
 */
record ChaosResult(int rounds, long frames, List<Long> resumeNanos, ProcessResources before, ProcessResources most,
        ProcessResources after, List<String> violations) {

    double resumeMillis(double quantile) {
        return resumeNanos.get((int) Math.round(quantile * (resumeNanos.size() - 1))) / 1e6;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "Java %s: %d rounds, %d frames checked; resumed after p50 %.1f ms, p99 %.1f "
                        + "ms, max %.1f ms; mappings %d, at most %d, then %d; descriptors %d, "
                        + "at most %d, then %d; %d violations", System.getProperty("java.version"), rounds, frames,
                resumeMillis(0.5), resumeMillis(0.99), resumeMillis(1), before.mappings(), most.mappings(),
                after.mappings(), before.descriptors(), most.descriptors(), after.descriptors(), violations.size());
    }
}

package io.sdros.server.stream;

import java.time.Duration;
import org.slf4j.Logger;

/** Tells the log when keyframes are missing, now and then while they are, and when they come again. The reader's thread only. */
final class KeyframeLog {

    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final KeyframeWatch watch;
    private final Logger log;
    private final LineLimit limit = new LineLimit(INTERVAL);
    private boolean told;

    KeyframeLog(KeyframeWatch watch, Logger log) {
        this.watch = watch;
        this.log = log;
    }

    /** To be called often. */
    void tick(long nowNanos) {
        if (!watch.missed()) {
            if (told) {
                told = false;
                log.info("A keyframe has come");
            }
        } else if (watch.flowing(nowNanos) && limit.wouldPass(nowNanos)) {
            limit.pass(nowNanos);
            told = true;
            log.warn("No keyframe for {} s though frames arrive: viewers who need one see nothing. The encoder has to send them, by"
                    + " itself or when asked on SDR_IDR_SUBJECT; one with intra refresh needs SDR_KEYFRAME_GATING=false",
                    watch.missing().orElse(Duration.ZERO).toSeconds());
        }
    }

    /** There will be no frames for a time, and that is nobody's fault. */
    void readingStops() {
        told = false;
    }
}

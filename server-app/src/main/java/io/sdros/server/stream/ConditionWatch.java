package io.sdros.server.stream;

import io.sdros.server.bitstream.BitstreamCondition;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import org.slf4j.Logger;

/**
 * Which conditions of the stream hold, since when none more, and in how many frames each was found. Tells the log when
 * one begins, at a limited rate. One thread reports; any thread asks.
 */
final class ConditionWatch {

    private static final BitstreamCondition[] ALL = BitstreamCondition.values();
    private static final Duration LINES_INTERVAL = Duration.ofMinutes(1);

    private final Logger log;
    private final LineLimit[] lines = new LineLimit[ALL.length];
    // Each a moment's number for a report, without an order to anything else.
    private final AtomicLongArray counts = new AtomicLongArray(ALL.length);
    private final AtomicLongArray lastNanos = new AtomicLongArray(ALL.length);
    /** Those of the last frame, and those that were found since the beginning. */
    private volatile int current;
    private volatile int found;

    ConditionWatch(Logger log) {
        this.log = log;
        Arrays.setAll(lines, i -> new LineLimit(LINES_INTERVAL));
    }

    /** A frame came, with this set of {@link BitstreamCondition#bit}. On the hot path: for most it is 0. */
    void frame(int bits, long nowNanos) {
        if (bits != 0) {
            for (BitstreamCondition condition : ALL) {
                if ((bits & condition.bit()) != 0) {
                    seen(condition, nowNanos);
                }
            }
        }
        if (bits != current) {
            current = bits;
        }
    }

    private void seen(BitstreamCondition condition, long nowNanos) {
        int index = condition.ordinal();
        if (!holds(condition, nowNanos)) {
            tell(condition, nowNanos);
        }
        counts.setOpaque(index, counts.getPlain(index) + 1);
        lastNanos.setOpaque(index, nowNanos);
        if ((found & condition.bit()) == 0) {
            found = found | condition.bit();
        }
    }

    /** Missing keyframes have a line of their own, which says for how long ({@link KeyframeLog}). */
    private void tell(BitstreamCondition condition, long nowNanos) {
        if (condition != BitstreamCondition.NO_KEYFRAME) {
            lines[condition.ordinal()].pass(nowNanos).ifPresent(unsaid -> log.warn("Stream condition {}: {}{}",
                    condition.label(), condition.words(),
                    unsaid == 0 ? "" : " (it began " + unsaid + " times more since the last such line)"));
        }
    }

    /** Another encoder begins: nothing that was found holds for it. */
    void restart() {
        current = 0;
        found = 0;
    }

    /** Nothing is known about this one any more. */
    void end(BitstreamCondition condition) {
        current = current & ~condition.bit();
    }

    private boolean holds(BitstreamCondition condition, long nowNanos) {
        if (condition.lingerNanos() == 0) {
            return (current & condition.bit()) != 0;
        }
        return (found & condition.bit()) != 0
                && nowNanos - lastNanos.getOpaque(condition.ordinal()) <= condition.lingerNanos();
    }

    /** Those that hold now. Any thread. */
    List<BitstreamCondition> holding(long nowNanos) {
        return Arrays.stream(ALL).filter(condition -> holds(condition, nowNanos)).toList();
    }

    /** In how many frames each was found since the start, by label. Any thread. */
    Map<String, Long> counts() {
        Map<String, Long> byLabel = new LinkedHashMap<>();
        for (BitstreamCondition condition : ALL) {
            byLabel.put(condition.label(), counts.getOpaque(condition.ordinal()));
        }
        return byLabel;
    }
}

package io.sdros.relay.nats.origin;

import io.sdros.relay.nats.wire.OriginInfo;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Other origins of the same name. One thread. */
final class Rivals {

    /** They say something each second. */
    static final long SILENT_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);
    private static final int MOST = 8;

    private record Heard(OriginInfo info, long atNanos) {
    }

    private final Map<Long, Heard> known = new HashMap<>();

    void heard(OriginInfo info, long nowNanos) {
        if (known.size() == MOST && !known.containsKey(info.origin())) {
            known.values().removeIf(rival -> silent(rival, nowNanos));
        }
        if (known.size() < MOST || known.containsKey(info.origin())) {
            known.put(info.origin(), new Heard(info, nowNanos));
        }
    }

    /** Whether one was heard of lately that edges take rather than this one: whose source is live, then the better one. */
    boolean anyBetterThan(OriginInfo own, long nowNanos) {
        for (Heard rival : known.values()) {
            if (!silent(rival, nowNanos) && preferred(rival.info, own)) {
                return true;
            }
        }
        return false;
    }

    private static boolean preferred(OriginInfo one, OriginInfo other) {
        boolean live = one.state() == OriginInfo.State.LIVE;
        return live == (other.state() == OriginInfo.State.LIVE) ? one.betterThan(other) : live;
    }

    private static boolean silent(Heard rival, long nowNanos) {
        return nowNanos - rival.atNanos > SILENT_NANOS;
    }
}

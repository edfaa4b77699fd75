package io.sdros.relay.nats.edge;

import io.sdros.relay.nats.wire.OriginInfo;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Which streams origins were heard of lately, of whatever name. Any thread. */
public final class Announcements {

    /** Origins say it once a second; two of these may be lost. */
    private static final long FORGOTTEN_NANOS = TimeUnit.MILLISECONDS.toNanos(3_500);

    private record Heard(OriginInfo info, long atNanos) {

        boolean lately(long nowNanos) {
            return nowNanos - atNanos <= FORGOTTEN_NANOS;
        }
    }

    private final int mostStreams;
    private final Map<String, Heard> heard = new TreeMap<>();

    /** @param mostStreams further ones are not looked at, so that nobody fills the memory with names */
    public Announcements(int mostStreams) {
        this.mostStreams = mostStreams;
    }

    /** An origin has said what it has. Of two of one name the better one's word stands. */
    public synchronized void heard(String stream, OriginInfo info, long nowNanos) {
        Heard before = heard.get(stream);
        if (before == null && heard.size() >= mostStreams) {
            heard.values().removeIf(old -> !old.lately(nowNanos));
            if (heard.size() >= mostStreams) {
                return;
            }
        }
        boolean better = before == null || !before.lately(nowNanos) || before.info.origin() == info.origin()
                || info.betterThan(before.info);
        if (better) {
            heard.put(stream, new Heard(info, nowNanos));
        }
    }

    /** What was said of a stream, if it was heard of lately. */
    public synchronized Optional<OriginInfo> of(String stream, long nowNanos) {
        return Optional.ofNullable(heard.get(stream)).filter(last -> last.lately(nowNanos)).map(Heard::info);
    }

    /** All that were heard of lately, by name. */
    public synchronized Map<String, OriginInfo> all(long nowNanos) {
        Map<String, OriginInfo> all = new TreeMap<>();
        heard.forEach((stream, last) -> {
            if (last.lately(nowNanos)) {
                all.put(stream, last.info);
            }
        });
        return all;
    }
}

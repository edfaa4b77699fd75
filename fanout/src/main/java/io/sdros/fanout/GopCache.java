package io.sdros.fanout;

import java.util.ArrayList;
import java.util.List;

/**
 * The entries since the last keyframe, it included (the GOP), as long as they fit. A GOP that outgrows the limit is let
 * go whole, and nothing is kept until the next keyframe: a part of it would be of no use to anyone.
 *
 * <p>Threading: producer thread only.
 */
final class GopCache<M> {

    private final long maxBytes;
    private final List<Entry<M>> entries = new ArrayList<>();
    private long bytes;
    private boolean open;

    /** @param maxBytes 0 for no cache at all */
    GopCache(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    void add(Entry<M> entry) {
        if (entry.keyframe()) {
            clear();
            open = maxBytes > 0;
        }
        if (!open) {
            return;
        }
        if (bytes + entry.sizeBytes() > maxBytes) {
            clear();
            return;
        }
        bytes += entry.sizeBytes();
        entries.add(entry);
    }

    /** Lets everything go and stays empty until the next keyframe. */
    void clear() {
        entries.clear();
        bytes = 0;
        open = false;
    }

    /** @return the index of its keyframe, {@link Long#MAX_VALUE} if nothing is kept */
    long firstIndex() {
        return entries.isEmpty() ? Long.MAX_VALUE : entries.get(0).index();
    }

    /** @return what a subscriber that joins now has to be sent first; empty if that is nothing */
    Replay<M> replay() {
        return new Replay<>(entries);
    }
}

package io.sdros.fanout;

import java.util.List;

/**
 * One subscriber's own copy of the cached group of pictures. It lets go of each entry as that is taken, so it pins no
 * more than is still to be sent.
 *
 * <p>Threading: filled by the producer thread, then used by the polling thread only.
 */
final class Replay<M> {

    private final Object[] entries;
    private int next;

    Replay(List<Entry<M>> group) {
        entries = group.toArray();
    }

    /** @return the next entry, null after the last */
    @SuppressWarnings("unchecked") // the constructor takes nothing else
    Entry<M> poll() {
        if (next == entries.length) {
            return null;
        }
        Entry<M> entry = (Entry<M>) entries[next];
        entries[next++] = null;
        return entry;
    }

    /** @return how many entries are left */
    int size() {
        return entries.length - next;
    }
}

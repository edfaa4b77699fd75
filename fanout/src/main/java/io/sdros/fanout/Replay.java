package io.sdros.fanout;

import java.util.List;

/**
 * One subscriber's own copy of the cached GOP. It lets go of each entry as that is taken, so it pins no
 * more than is still to be sent.
 *
 * <p>Threading: filled by the producer thread, then used by the polling thread; {@link #size} and {@link #holdsBefore}
 * are for both, and for the producer a moment old.
 */
final class Replay<M> {

    private final Object[] entries;
    private final long firstIndex;
    private volatile int next;

    Replay(List<Entry<M>> gop) {
        entries = gop.toArray();
        firstIndex = gop.isEmpty() ? 0 : gop.get(0).index();
    }

    static <M> Replay<M> none() {
        return new Replay<>(List.of());
    }

    /** @return the next entry, null after the last */
    @SuppressWarnings("unchecked") // the constructor takes nothing else
    Entry<M> poll() {
        if (next == entries.length) {
            return null;
        }
        int at = next;
        Entry<M> entry = (Entry<M>) entries[at];
        entries[at] = null;
        next = at + 1;
        return entry;
    }

    /** @return whether an entry before this index is left; the indexes of a GOP have no gaps */
    boolean holdsBefore(long index) {
        int at = next;
        return at < entries.length && firstIndex + at < index;
    }

    /** @return how many entries are left */
    int size() {
        return entries.length - next;
    }
}

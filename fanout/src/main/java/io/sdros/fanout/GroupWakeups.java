package io.sdros.fanout;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * The groups that have admitted subscribers, and which of them are to be woken.
 *
 * <p>Threading: producer thread only.
 */
final class GroupWakeups {

    /** One group's part in this broadcaster. */
    static final class Entry {

        private final WakeupGroup group;
        private int subscribers;
        private boolean due;

        private Entry(WakeupGroup group) {
            this.group = group;
        }
    }

    private final ProducerThread producer;
    private final BroadcasterCounters counters;
    private final List<Entry> entries = new ArrayList<>();
    private boolean anyDue;
    private Error thrown; // null unless a wake-up of the present round threw one

    GroupWakeups(ProducerThread producer, BroadcasterCounters counters) {
        this.producer = producer;
        this.counters = counters;
    }

    /** One more subscriber of this group has been admitted. */
    Entry join(WakeupGroup group) {
        Entry entry = entryOf(group);
        entry.subscribers++;
        return entry;
    }

    private Entry entryOf(WakeupGroup group) {
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).group == group) {
                return entries.get(i);
            }
        }
        Entry entry = new Entry(group);
        entries.add(entry);
        return entry;
    }

    void leave(Entry entry) {
        entry.subscribers--;
        if (entry.subscribers == 0) {
            entries.remove(entry);
        }
    }

    /** One of its subscribers has something to see, but no message. */
    void due(Entry entry) {
        entry.due = true;
        anyDue = true;
    }

    /** A message has been offered to everybody. */
    void published() {
        if (!entries.isEmpty()) {
            wakeAll(true);
        }
    }

    /** Everybody has something to see, but no message. */
    void changed() {
        entries.forEach(this::due);
        wakeDue();
    }

    /** Those that {@link #due} was called for. */
    void wakeDue() {
        if (anyDue) {
            anyDue = false;
            wakeAll(false);
        }
    }

    private void wakeAll(boolean published) {
        // The offers before any group's flag is looked at; pairs with the fence in WakeupGroup.beginDrain().
        VarHandle.fullFence();
        producer.callbackBegins();
        for (int i = 0, size = entries.size(); i < size; i++) {
            Entry entry = entries.get(i);
            if (published || entry.due) {
                entry.due = false;
                note(published ? entry.group.published() : entry.group.changed());
            }
        }
        producer.callbackEnded();
        if (thrown != null) {
            Error error = thrown;
            thrown = null;
            throw error;
        }
    }

    /** One consumer's mistake must not keep the others from being woken, nor end the stream. */
    private void note(Throwable failure) {
        if (failure instanceof Error error) {
            thrown = error;
        } else if (failure != null) {
            counters.callbackFailed();
        }
    }
}

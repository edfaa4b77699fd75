package io.sdros.fanout;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * The groups that have admitted subscribers, and which of them are to be woken.
 *
 * <p>Threading: producer thread only.
 */
final class AdmittedGroups {

    /** One group's part in this broadcaster. */
    static final class Group {

        private final WakeupGroup wakeups;
        private int subscribers;
        private boolean due;

        private Group(WakeupGroup wakeups) {
            this.wakeups = wakeups;
        }
    }

    private final ProducerThread producer;
    private final BroadcasterCounters counters;
    private final List<Group> groups = new ArrayList<>();
    private boolean anyDue;
    private Error thrown; // null unless a wake-up of the present round threw one

    AdmittedGroups(ProducerThread producer, BroadcasterCounters counters) {
        this.producer = producer;
        this.counters = counters;
    }

    /** One more of its subscribers is admitted. */
    Group add(WakeupGroup wakeups) {
        Group group = groupOf(wakeups);
        group.subscribers++;
        return group;
    }

    private Group groupOf(WakeupGroup wakeups) {
        for (int i = 0; i < groups.size(); i++) {
            if (groups.get(i).wakeups == wakeups) {
                return groups.get(i);
            }
        }
        Group group = new Group(wakeups);
        groups.add(group);
        return group;
    }

    /** One of its subscribers is gone. */
    void remove(Group group) {
        group.subscribers--;
        if (group.subscribers == 0) {
            groups.remove(group);
        }
    }

    /** One of its subscribers has something to see, but no message; the next {@link #wakeDue} tells. */
    void due(Group group) {
        group.due = true;
        anyDue = true;
    }

    /** A message has been offered to all. */
    void wakeForMessage() {
        if (!groups.isEmpty()) {
            wake(true);
        }
    }

    /** All have something to see, but no message; the next message or {@link #wakeDue} tells. */
    void allDue() {
        groups.forEach(this::due);
    }

    void wakeDue() {
        if (anyDue) {
            wake(false);
        }
    }

    private void wake(boolean message) {
        anyDue = false;
        // The offers before any group's flag is looked at; pairs with the fence in WakeupGroup.beginDrain().
        VarHandle.fullFence();
        producer.callbackBegins();
        try {
            for (int i = 0, size = groups.size(); i < size; i++) {
                Group group = groups.get(i);
                if (message || group.due) {
                    group.due = false;
                    note(message ? group.wakeups.published() : group.wakeups.changed());
                }
            }
        } finally {
            producer.callbackEnded();
        }
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

package io.sdros.server.bus;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Makes one fate of those of several copies of a message: taken if any is, refused once none can be. Any thread. */
final class AnyTaken {
    private final Consumer<Boolean> fate;
    private final AtomicBoolean told = new AtomicBoolean();
    // One for whoever hands the copies out, so that it does not end before the last has been.
    private final AtomicInteger undecided = new AtomicInteger(1);

    AnyTaken(Consumer<Boolean> fate) {
        this.fate = fate;
    }

    /** One more copy is about to be handed out. */
    void add() {
        undecided.incrementAndGet();
    }

    /** That one could not be. */
    void withdraw() {
        undecided.decrementAndGet();
    }

    /** No more copies follow, and at least one has been handed out. */
    void complete() {
        decided(false);
    }

    /** What became of one of them. */
    void decided(boolean taken) {
        boolean last = undecided.decrementAndGet() == 0;
        if ((taken || last) && told.compareAndSet(false, true)) {
            fate.accept(taken);
        }
    }
}

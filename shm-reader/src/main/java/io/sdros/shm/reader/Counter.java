package io.sdros.shm.reader;

import java.util.concurrent.atomic.AtomicLong;

/** A number that one thread changes and any thread reads. */
final class Counter {

    private final AtomicLong value = new AtomicLong();

    void add(long amount) {
        set(value.getPlain() + amount);
    }

    void set(long newValue) {
        // Release: pairs with the acquire load in value. There is one storing thread, so no read-modify-write.
        value.setRelease(newValue);
    }

    long value() {
        // Pairs with the release store in set.
        return value.getAcquire();
    }
}

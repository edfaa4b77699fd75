package io.sdros.relay.nats;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What has come for a stream and was not looked at yet, bounded in bytes, since a count of messages says little about memory
 * where one may hold 100 bytes or a megabyte, and in time, since what has waited for long is worth nothing. Any thread puts;
 * one takes.
 */
final class Inbox {

    private static final class Item {
        private final Runnable action;
        private final int bytes;
        private final boolean expires;
        private final long atNanos;

        Item(Runnable action, int bytes, boolean expires, long atNanos) {
            this.action = action;
            this.bytes = bytes;
            this.expires = expires;
            this.atNanos = atNanos;
        }
    }

    /** What one takes besides its bytes: without this, messages of no bytes would fill the memory. */
    private static final int ITEM_BYTES = 256;

    private final long mostBytes;
    private final long mostNanos;
    private final Queue<Item> items = new ConcurrentLinkedQueue<>();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();

    /**
     * An empty one.
     *
     * @param mostBytes may wait
     * @param mostNanos for so long
     */
    Inbox(long mostBytes, long mostNanos) {
        this.mostBytes = mostBytes;
        this.mostNanos = mostNanos;
    }

    /** @return false if there is no room, and it is left out */
    boolean put(Runnable action, int lengthBytes, long nowNanos) {
        int takenBytes = lengthBytes + ITEM_BYTES;
        if (bytes.addAndGet(takenBytes) > mostBytes) {
            bytes.addAndGet(-takenBytes);
            refused.incrementAndGet();
            return false;
        }
        items.add(new Item(action, takenBytes, true, nowNanos));
        return true;
    }

    /** For what must not be left out, and is seldom. */
    void putAnyway(Runnable action) {
        items.add(new Item(action, 0, false, 0));
    }

    /** Runs the next one, or leaves it out if it has waited for too long; false if there is none. */
    boolean runNext(long nowNanos) {
        Item item = items.poll();
        if (item == null) {
            return false;
        }
        bytes.addAndGet(-item.bytes);
        if (item.expires && nowNanos - item.atNanos > mostNanos) {
            refused.incrementAndGet();
        } else {
            item.action.run();
        }
        return true;
    }

    /** Whether there is none now. */
    boolean isEmpty() {
        return items.isEmpty();
    }

    /** How many were left out since this was asked last. */
    long takeRefused() {
        return refused.get() == 0 ? 0 : refused.getAndSet(0);
    }
}

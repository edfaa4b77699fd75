package io.sdros.relay.nats.edge;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What has come for a stream and was not looked at yet, bounded in bytes: a count of messages says little about memory
 * where one may hold 100 bytes or a megabyte. Any thread puts; one takes.
 */
public final class Inbox {

    private static final class Item {
        private final Runnable action;
        private final int bytes;

        Item(Runnable action, int bytes) {
            this.action = action;
            this.bytes = bytes;
        }
    }

    /** What one takes besides its bytes: without this, messages of no bytes would fill the memory. */
    private static final int ITEM_BYTES = 256;

    private final long mostBytes;
    private final Queue<Item> items = new ConcurrentLinkedQueue<>();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();

    /** @param mostBytes may wait */
    public Inbox(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** @return false if there is no room, and it is left out */
    public boolean put(Runnable action, int lengthBytes) {
        int takenBytes = lengthBytes + ITEM_BYTES;
        if (bytes.addAndGet(takenBytes) > mostBytes) {
            bytes.addAndGet(-takenBytes);
            refused.incrementAndGet();
            return false;
        }
        items.add(new Item(action, takenBytes));
        return true;
    }

    /** For what must not be left out, and is seldom. */
    public void putAnyway(Runnable action) {
        items.add(new Item(action, 0));
    }

    /** Runs the next one; false if there is none. */
    public boolean runNext() {
        Item item = items.poll();
        if (item == null) {
            return false;
        }
        bytes.addAndGet(-item.bytes);
        item.action.run();
        return true;
    }

    /** How many were left out since this was asked last. */
    public long takeRefused() {
        return refused.get() == 0 ? 0 : refused.getAndSet(0);
    }
}

package io.sdros.fanout;

import org.jctools.queues.varhandle.unpadded.SpmcVarHandleUnpaddedArrayQueue;

/**
 * A bounded queue whose producer makes room by removing the oldest element, so that {@link #offer} never fails.
 *
 * <p>Threading: one producer at a time; {@link #poll} and {@link #clear} from any thread. The producer that evicts is
 * itself a second consumer, which is why a single-consumer queue would not do. Successive producers, and nothing else,
 * need a happens-before between them from outside.
 *
 * <p>Neither side locks. A producer that finds the queue full may have to wait for the few instructions in which a
 * consumer has taken an element but not yet cleared its slot.
 */
public final class DropOldestQueue<E> {

    // Without padding: there is one queue per subscriber, used once per message, so between two uses its cache lines
    // have been replaced. How many there are matters; that the two indexes share one does not.
    private final SpmcVarHandleUnpaddedArrayQueue<E> queue;
    private final int capacity;
    private final boolean capacityIsRounded;

    /**
     * @param capacity how many elements are held at most
     * @throws IllegalArgumentException if {@code capacity} is less than 1
     */
    public DropOldestQueue(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity must be at least 1: " + capacity);
        }
        this.capacity = capacity;
        queue = new SpmcVarHandleUnpaddedArrayQueue<>(capacity);
        capacityIsRounded = queue.capacity() != capacity;
    }

    /**
     * Adds an element, removing the oldest one if the queue is full.
     *
     * @return the element that was removed for it, null if there was room
     */
    public E offer(E element) {
        E evicted = null;
        // The array is a power of two. Where the capacity is one too, the array itself says when it is full, and the
        // consumer's cache line is left alone until then.
        if (capacityIsRounded && queue.size() >= capacity) {
            evicted = queue.poll();
        }
        while (!queue.offer(element)) {
            E oldest = queue.poll();
            if (oldest != null) {
                evicted = oldest;
            }
        }
        return evicted;
    }

    /** @return the oldest element, null if there is none */
    public E poll() {
        return queue.poll();
    }

    /** @return what a poll would return now; out of date as soon as another thread is active */
    E peek() {
        return queue.peek();
    }

    /** @return whether there is nothing to poll; out of date as soon as another thread is active */
    public boolean isEmpty() {
        return queue.peek() == null;
    }

    /** @return how many elements are held; out of date as soon as another thread is active */
    public int size() {
        return queue.size();
    }

    public int capacity() {
        return capacity;
    }

    /** Removes every element; any thread. What is being offered meanwhile may stay. */
    public void clear() {
        for (E element = queue.poll(); element != null; element = queue.poll()) {
            // each poll lets go of one element
        }
    }
}

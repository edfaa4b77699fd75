package io.sdros.fanout;

/**
 * Sees to it that a broadcaster's producer methods are called by one thread: the first that calls one, until it has
 * ended. Then another one may go on, to which the end of the first publishes everything.
 */
final class ProducerThread {

    private Thread owner; // null before the first call
    private boolean inCallback; // producer thread only

    /** @throws IllegalStateException if another thread produces, or the producer thread is in a callback */
    void check() {
        // A plain read will do: a thread that finds itself here has written it, and whatever else is found is looked at
        // again under the lock.
        if (owner != Thread.currentThread()) {
            claim();
        }
        if (inCallback) {
            throw new IllegalStateException("A callback of the broadcaster must not publish or service");
        }
    }

    private synchronized void claim() {
        Thread current = Thread.currentThread();
        if (owner != null && owner != current && owner.isAlive()) {
            throw new IllegalStateException("Only one thread may publish and service: that is \"" + owner.getName()
                    + "\", not \"" + current.getName() + "\"");
        }
        owner = current;
        inCallback = false;
    }

    void callbackBegins() {
        inCallback = true;
    }

    void callbackEnded() {
        inCallback = false;
    }
}

package io.sdros.shm.reader;

import io.sdros.shm.reader.BellConnection.Received;

/**
 * Listens for the producer's bell where there is one worth listening to, and otherwise does nothing. For one thread,
 * but for {@link #wakeUp}.
 */
final class BellListener implements AutoCloseable {

    /** The longest wait for a ring: a bell is a hint, and whoever rings may forget to. */
    static final long WAIT_NANOS = 20_000_000;
    /** The longest wait once frames have been away for long. */
    static final long AWAY_WAIT_NANOS = 100_000_000;

    private final BellReliability reliability = new BellReliability();
    private final BellConnection connection;
    private final StreamEvents events;
    /** Something is there to be taken, which nearly always is a ring. */
    private boolean stirred;

    BellListener(BellConnection connection, StreamEvents events) {
        this.connection = connection;
        this.events = events;
    }

    /** The region is another one, and so may be its producer. */
    void regionChanged() {
        connection.disconnect();
        reliability.forget();
        stirred = false;
        events.bell(false);
    }

    /** The producer has started over. */
    void writerRestarted() {
        reliability.producerRestarted();
    }

    /**
     * A look has been made at the region, and what was found has been delivered: the bell itself can wait.
     *
     * @return whether all is as before; otherwise the producer may have gone
     */
    boolean looked(boolean found, long nowNanos) {
        if (reliability.dueToConnect(nowNanos)) {
            if (connection.connect()) {
                reliability.connected();
            } else {
                reliability.failed(nowNanos);
            }
            return true;
        }
        if (!reliability.connectedTo()) {
            return true;
        }
        // The ring comes after the commit, so a look for another reason may have been quicker.
        Received received = stirred || found ? connection.take() : Received.NOTHING;
        stirred = false;
        boolean worth = reliability.looked(found, received == Received.RING);
        if (received == Received.CLOSED || !worth) {
            connection.disconnect();
            reliability.failed(nowNanos);
        }
        events.bell(reliability.trusted());
        return received != Received.CLOSED;
    }

    /** Whether it rings for each frame. */
    boolean trusted() {
        return reliability.trusted();
    }

    /**
     * Whether it is to be waited for: it rings for each frame, or nothing has come for so long that it costs nothing.
     */
    boolean worthWaiting(boolean away) {
        return reliability.trusted() || away && reliability.connectedTo();
    }

    /** Waits for the next ring. The look comes next. */
    void await(boolean away) {
        stirred = connection.await(away && reliability.trusted() ? AWAY_WAIT_NANOS : WAIT_NANOS);
    }

    /** Forgets what has rung while nobody listened. */
    void resume() {
        if (reliability.connectedTo()) {
            connection.take();
            stirred = false;
        }
    }

    /** Ends a wait. Any thread. */
    void wakeUp() {
        connection.wakeUp();
    }

    @Override
    public void close() {
        connection.close();
    }
}

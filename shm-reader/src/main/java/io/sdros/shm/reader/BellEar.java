package io.sdros.shm.reader;

import io.sdros.shm.reader.BellWire.Heard;

/**
 * Listens for the producer's bell where there is one worth listening to, and otherwise does nothing. For one thread,
 * but for
 * {@link #wakeUp}.
 */
final class BellEar implements AutoCloseable {

    /** The longest wait for a ring: a bell is a hint, and whoever rings may forget to. */
    static final long WAIT_NANOS = 20_000_000;
    /** The longest wait once frames have been away for long. */
    static final long AWAY_WAIT_NANOS = 100_000_000;

    private final BellTrust trust = new BellTrust();
    private final BellWire wire;
    private final StreamEvents events;
    /** Something is there to be taken, which nearly always is a ring. */
    private boolean stirred;

    BellEar(BellWire wire, StreamEvents events) {
        this.wire = wire;
        this.events = events;
    }

    /** The region is another one, and so may be its producer. */
    void regionChanged() {
        wire.disconnect();
        trust.forget();
        stirred = false;
        events.bell(false);
    }

    /** The producer has started over. */
    void writerRestarted() {
        trust.hope();
    }

    /**
     * A look has been made at the region, and what was found has been delivered: the bell itself can wait.
     *
     * @return whether all is as before; otherwise the producer may have gone
     */
    boolean looked(boolean found, long nowNanos) {
        if (trust.dueToConnect(nowNanos)) {
            if (wire.connect()) {
                trust.connected();
            } else {
                trust.failed(nowNanos);
            }
            return true;
        }
        if (!trust.connectedTo()) {
            return true;
        }
        // The ring comes after the commit, so a look for another reason may have been quicker.
        Heard heard = stirred || found ? wire.take() : Heard.NOTHING;
        stirred = false;
        boolean worth = trust.looked(found, heard == Heard.RING);
        if (heard == Heard.HANG_UP || !worth) {
            wire.disconnect();
            trust.failed(nowNanos);
        }
        events.bell(trust.trusted());
        return heard != Heard.HANG_UP;
    }

    /** Whether it rings for each frame. */
    boolean trusted() {
        return trust.trusted();
    }

    /**
     * Whether it is to be waited for: it rings for each frame, or nothing has come for so long that it costs nothing.
     */
    boolean worthWaiting(boolean away) {
        return trust.trusted() || away && trust.connectedTo();
    }

    /** Waits for the next ring. The look comes next. */
    void await(boolean away) {
        stirred = wire.await(away && trust.trusted() ? AWAY_WAIT_NANOS : WAIT_NANOS);
    }

    /** Forgets what has rung while nobody listened. */
    void resume() {
        if (trust.connectedTo()) {
            wire.take();
            stirred = false;
        }
    }

    /** Ends a wait. Any thread. */
    void wakeUp() {
        wire.wakeUp();
    }

    @Override
    public void close() {
        wire.close();
    }
}

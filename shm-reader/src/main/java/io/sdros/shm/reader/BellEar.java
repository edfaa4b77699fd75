package io.sdros.shm.reader;

import io.sdros.shm.reader.BellWire.Heard;

/**
 * Listens for the producer's bell where there is one worth listening to, and otherwise does nothing. For one thread, but for
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
    private boolean rang;

    BellEar(BellWire wire, StreamEvents events) {
        this.wire = wire;
        this.events = events;
    }

    /** The region is another one, and so may be its producer. */
    void regionChanged() {
        wire.disconnect();
        trust.forget();
        rang = false;
        events.bell(false);
    }

    /** The producer has started over. */
    void writerRestarted() {
        trust.hope();
    }

    /**
     * A look has been made at the region.
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
        boolean hungUp = found && !rang && hear(wire.take());
        boolean worth = trust.looked(found, rang);
        rang = false;
        if (hungUp || !worth) {
            wire.disconnect();
            trust.failed(nowNanos);
        }
        events.bell(trust.trusted());
        return !hungUp;
    }

    /** Whether it is to be waited for: it rings for each frame, or nothing has come for so long that it costs nothing. */
    boolean worthWaiting(boolean away) {
        return trust.trusted() || away && trust.connectedTo();
    }

    /**
     * Waits for the next ring.
     *
     * @return whether the producer has not hung up
     */
    boolean await(boolean away, long nowNanos) {
        if (hear(wire.await(away && trust.trusted() ? AWAY_WAIT_NANOS : WAIT_NANOS))) {
            wire.disconnect();
            trust.failed(nowNanos);
            events.bell(false);
            return false;
        }
        return true;
    }

    /** Forgets what has rung while nobody listened. */
    void resume() {
        if (trust.connectedTo()) {
            wire.take();
            rang = false;
        }
    }

    private boolean hear(Heard heard) {
        rang |= heard == Heard.RING;
        return heard == Heard.HANG_UP;
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

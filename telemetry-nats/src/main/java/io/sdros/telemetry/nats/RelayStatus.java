package io.sdros.telemetry.nats;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the relay's status, and says so when its state changes. While it changes too often the changes are only counted,
 * and the state it is in is said as soon as another line may be.
 */
final class RelayStatus {
    private static final Logger LOG = LoggerFactory.getLogger(NatsRelay.class);

    private final TelemetryListener listener;
    private final LineBudget lines;
    private volatile NatsStatus status = new NatsStatus(NatsState.CLOSED, "");
    private long unsaid;
    private boolean ended;

    RelayStatus(TelemetryListener listener, LineBudget lines) {
        this.listener = listener;
        this.lines = lines;
    }

    NatsStatus current() {
        return status;
    }

    /** A new detail of the same state is only kept, for whoever asks: attempts fail for slightly varying reasons. */
    synchronized void set(NatsState state, String detail) {
        if (ended) {
            return;
        }
        ended = state == NatsState.CLOSED;
        boolean changed = status.state() != state;
        status = new NatsStatus(state, detail);
        if (changed) {
            if (ended || lines.take()) {
                say();
            } else {
                unsaid++;
            }
            tellListener(status);
        }
    }

    /** To be called now and then: says the state if it was left unsaid and may be said now. */
    synchronized void catchUp() {
        if (unsaid > 0 && lines.take()) {
            // The last of the changes is the one that is said now.
            unsaid--;
            say();
        }
    }

    private void say() {
        String before = unsaid == 0 ? "" : " (after " + unsaid + " changes of state that were not logged)";
        unsaid = 0;
        switch (status.state()) {
            case CONNECTING, CONNECTED, CLOSED -> LOG.info("NATS {}{}", status, before);
            case DISCONNECTED, REFUSED -> LOG.warn("NATS {}; trying again until it works{}", status, before);
        }
    }

    private void tellListener(NatsStatus changed) {
        try {
            listener.onState(changed);
        } catch (RuntimeException | Error e) {
            LOG.warn("A telemetry listener failed on a change of state", e);
        }
    }
}

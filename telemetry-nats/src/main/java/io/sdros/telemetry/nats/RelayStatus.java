package io.sdros.telemetry.nats;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the relay's status, and says so once when its state changes. */
final class RelayStatus {
    private static final Logger LOG = LoggerFactory.getLogger(NatsRelay.class);

    private final TelemetryListener listener;
    private volatile NatsStatus status = new NatsStatus(NatsState.CLOSED, "");
    private boolean ended;

    RelayStatus(TelemetryListener listener) {
        this.listener = listener;
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
            tell(status);
        }
    }

    private void tell(NatsStatus changed) {
        switch (changed.state()) {
            case CONNECTING, CONNECTED, CLOSED -> LOG.info("NATS {}", changed);
            case DISCONNECTED, REFUSED -> LOG.warn("NATS {}; trying again until it works", changed);
        }
        try {
            listener.onState(changed);
        } catch (RuntimeException | Error e) {
            LOG.warn("A telemetry listener failed on a change of state", e);
        }
    }
}

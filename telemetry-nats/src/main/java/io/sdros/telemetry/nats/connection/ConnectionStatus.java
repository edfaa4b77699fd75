package io.sdros.telemetry.nats.connection;

import io.sdros.telemetry.nats.NatsState;
import io.sdros.telemetry.nats.NatsStatus;
import java.util.function.Consumer;
import org.slf4j.Logger;

/**
 * Keeps where an owner of connections stands, and says so when its state changes. While it changes too often the changes are
 * only counted, and the state it is in is said as soon as another line may be.
 */
public final class ConnectionStatus {
    private final Consumer<NatsStatus> listener;
    private final String words;
    private final Logger log;
    private final LineBudget lines;
    private volatile NatsStatus status = new NatsStatus(NatsState.CLOSED, "");
    private long unsaid;
    private boolean ended;

    /**
     * @param listener told of each change, on the thread that makes it
     * @param lines    how many lines may be logged
     */
    public ConnectionStatus(ConnectionSettings settings, Consumer<NatsStatus> listener, LineBudget lines) {
        this.listener = listener;
        this.words = settings.words();
        this.log = settings.log();
        this.lines = lines;
    }

    public NatsStatus current() {
        return status;
    }

    /** A new detail of the same state is only kept, for whoever asks: attempts fail for slightly varying reasons. */
    public synchronized void set(NatsState state, String detail) {
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
    public synchronized void catchUp() {
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
            case CONNECTING, CONNECTED, CLOSED -> log.info("{} {}{}", words, status, before);
            case DISCONNECTED, REFUSED -> log.warn("{} {}; trying again until it works{}", words, status, before);
        }
    }

    private void tellListener(NatsStatus changed) {
        try {
            listener.accept(changed);
        } catch (RuntimeException | Error e) {
            log.warn("A listener failed on a change of state", e);
        }
    }
}

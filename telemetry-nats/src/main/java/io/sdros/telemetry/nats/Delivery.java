package io.sdros.telemetry.nats;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands messages to the listeners, one at a time, whatever connection they came through. */
final class Delivery {
    private static final Logger LOG = LoggerFactory.getLogger(NatsRelay.class);
    // A char of a Java string takes at most three bytes of UTF-8 (a pair of surrogates four).
    private static final int MAX_UTF8_BYTES_PER_CHAR = 3;

    private final TelemetryListener listener;
    private final int maxPayloadBytes;
    private final RelayCounters counters;
    // Taken around every call of a listener: while one connection ends and the next begins, two threads deliver.
    private final ReentrantLock turn = new ReentrantLock();
    private boolean lastCallFailed;
    private volatile boolean closed;

    Delivery(TelemetryListener listener, int maxPayloadBytes, RelayCounters counters) {
        this.listener = listener;
        this.maxPayloadBytes = maxPayloadBytes;
        this.counters = counters;
    }

    void telemetry(String subject, byte[] payload) {
        counters.received.increment();
        if (utf8Bytes(subject) > NatsRelay.MAX_SUBJECT_BYTES) {
            drop(subject, DropReason.SUBJECT_TOO_LONG);
        } else if (payload.length > maxPayloadBytes) {
            drop(subject, DropReason.PAYLOAD_TOO_LARGE);
        } else {
            call(() -> listener.onTelemetry(subject, payload));
        }
    }

    void control(Consumer<byte[]> consumer, byte[] payload) {
        call(() -> consumer.accept(payload));
    }

    /** Nothing is delivered any more, once a call that is under way has returned. */
    void close() {
        closed = true;
    }

    private void drop(String subject, DropReason reason) {
        counters.dropped(reason).increment();
        call(() -> listener.onDropped(subject, reason));
    }

    private void call(Runnable listenerCall) {
        turn.lock();
        try {
            if (!closed) {
                listenerCall.run();
                lastCallFailed = false;
            }
        } catch (RuntimeException | Error e) {
            counters.listenerFailures.increment();
            if (!lastCallFailed) {
                lastCallFailed = true;
                LOG.warn("A telemetry listener failed; further failures in a row are only counted", e);
            }
        } finally {
            turn.unlock();
        }
    }

    private static int utf8Bytes(String text) {
        int length = text.length();
        if (length * MAX_UTF8_BYTES_PER_CHAR <= NatsRelay.MAX_SUBJECT_BYTES) {
            return length;
        }
        int bytes = 0;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            // Either half of a surrogate pair stands for two of its four bytes.
            bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : MAX_UTF8_BYTES_PER_CHAR;
        }
        return bytes;
    }
}

package io.sdros.telemetry.nats;

/**
 * Receives what the relay lets through. {@link #onTelemetry} and {@link #onDropped} are never called by two threads at
 * once, though not always by the same thread; an exception thrown here is counted, logged and otherwise ignored.
 */
@FunctionalInterface
public interface TelemetryListener {

    /**
     * A message has arrived. Must return soon: the relay queues a bounded number of messages meanwhile and drops what
     * comes after them.
     *
     * @param subject the subject it was published to, at most {@value NatsRelay#MAX_SUBJECT_BYTES} bytes of UTF-8
     * @param payload its bytes, the listener's to keep
     */
    void onTelemetry(String subject, byte[] payload);

    /**
     * A message has been dropped. Not called for {@link DropReason#SLOW_CONSUMER}, which only the statistics show.
     *
     * @param subject the subject it was published to
     * @param reason  why
     */
    default void onDropped(String subject, DropReason reason) {
    }

    /**
     * The relay's state has changed. Called on the relay's own thread, or on the thread that closes the relay.
     *
     * @param status the new state
     */
    default void onState(NatsStatus status) {
    }
}

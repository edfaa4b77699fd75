package io.sdros.telemetry.nats;

/** Why a message that NATS delivered did not reach the listener. */
public enum DropReason {
    /** The subject is longer than {@value NatsRelay#MAX_SUBJECT_BYTES} bytes of UTF-8. */
    SUBJECT_TOO_LONG,
    /** The payload is longer than the relay was configured to accept. */
    PAYLOAD_TOO_LARGE,
    /** The listener was so slow that the relay's own queue was full. The subject of such a message is not known. */
    SLOW_CONSUMER
}

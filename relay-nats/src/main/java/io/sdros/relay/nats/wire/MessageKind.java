package io.sdros.relay.nats.wire;

import java.util.Optional;

/** What a message on the subjects with frames is. */
public enum MessageKind {
    /** A part of a frame, as it is published for all. */
    FRAME,
    /** A part of a frame that was published before, for those who join. */
    REPLAY,
    /** Everything up to this message's sequence has been replayed; without data. */
    END_OF_REPLAY;

    private static final MessageKind[] ALL = values();

    /** The number on the wire. */
    int code() {
        return ordinal();
    }

    static Optional<MessageKind> of(int code) {
        return code < ALL.length ? Optional.of(ALL[code]) : Optional.empty();
    }
}

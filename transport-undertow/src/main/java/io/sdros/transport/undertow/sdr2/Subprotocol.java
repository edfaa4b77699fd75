package io.sdros.transport.undertow.sdr2;

/** The name by which a client asks for times, feedback and state, and the types of the messages it gets besides. */
public final class Subprotocol {

    public static final String NAME = "sdr.2";

    static final byte FRAME_TIMES = 0x05;
    static final byte CLOCK = 0x06;
    static final byte FEEDBACK = 0x07;
    static final byte TELEMETRY = 0x08;
    static final byte STATE = 0x09;

    /** The longest message of a client that is understood. */
    public static final int MAX_INBOUND_BYTES = FeedbackMessage.BYTES;

    private Subprotocol() {
    }
}

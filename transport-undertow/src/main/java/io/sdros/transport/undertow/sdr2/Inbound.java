package io.sdros.transport.undertow.sdr2;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Tells apart what clients of sdr.2 send. */
public final class Inbound {

    /** What is told, at most one call for a message. */
    public interface Receiver {

        void onClock(ClockMessage message);

        void onFeedback(FeedbackMessage message);

        /** A feedback or clock message that is none, by its length or by a value that there is not. */
        void onMalformed();

        /** Of a type that means nothing here. */
        void onUnknown();
    }

    private Inbound() {
    }

    /**
     * Looks at one binary message.
     *
     * @param start       its beginning, all of it if it has no more than {@link Subprotocol#MAX_INBOUND_BYTES}
     * @param lengthBytes its whole length
     */
    public static void dispatch(byte[] start, int lengthBytes, long receivedNanos, Receiver receiver) {
        if (lengthBytes == 0 || (start[0] != Subprotocol.CLOCK && start[0] != Subprotocol.FEEDBACK)) {
            receiver.onUnknown();
            return;
        }
        ByteBuffer message = ByteBuffer.wrap(start, 0, Math.min(lengthBytes, start.length)).order(ByteOrder.LITTLE_ENDIAN);
        if (lengthBytes > start.length) {
            receiver.onMalformed();
        } else if (start[0] == Subprotocol.CLOCK && ClockMessage.matches(message)) {
            receiver.onClock(ClockMessage.of(message, receivedNanos));
        } else if (start[0] == Subprotocol.FEEDBACK && FeedbackMessage.matches(message)) {
            receiver.onFeedback(FeedbackMessage.of(message));
        } else {
            receiver.onMalformed();
        }
    }
}

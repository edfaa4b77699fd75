package io.sdros.transport.undertow;

import io.sdros.transport.undertow.sdr2.SendWindow;
import io.sdros.transport.undertow.sdr2.SentFrames;

/**
 * What a {@link ClientWriter} needs besides for a client that speaks sdr.2.
 *
 * @param sent   where it writes down what it sends
 * @param window asked before each frame
 */
record Sdr2Sending(Outbox outbox, SentFrames sent, SendWindow window) {

    static Sdr2Sending of(StreamState state, long windowNanos) {
        SentFrames sent = new SentFrames();
        return new Sdr2Sending(Outbox.ofSdr2(state), sent, new SendWindow(sent, windowNanos));
    }
}

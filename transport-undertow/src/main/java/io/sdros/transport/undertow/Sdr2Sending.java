package io.sdros.transport.undertow;

import io.sdros.transport.undertow.pace.CarriedRate;
import io.sdros.transport.undertow.sdr2.ClockMessage;
import io.sdros.transport.undertow.sdr2.SendWindow;
import io.sdros.transport.undertow.sdr2.SentFrames;
import io.sdros.transport.undertow.ws.OutboundFrame;
import java.util.function.LongSupplier;

/**
 * What a {@link ClientWriter} needs besides for a client that speaks sdr.2. Its methods are for the holder of the write
 * claim.
 *
 * @param sent   where is written down what is sent
 * @param window what bounds it
 * @param carried what the connection carries, as far as the client's feedback shows
 */
record Sdr2Sending(Outbox outbox, SentFrames sent, SendWindow window, CarriedRate carried) {

    static Sdr2Sending of(StreamState state, long windowNanos) {
        SentFrames sent = new SentFrames();
        return new Sdr2Sending(Outbox.ofSdr2(state), sent, new SendWindow(sent, windowNanos), new CarriedRate());
    }

    /** What goes ahead of telemetry and video; null if there is nothing. */
    OutboundFrame next(LongSupplier nanoClock) {
        OutboundFrame state = outbox.nextState();
        if (state != null) {
            return state;
        }
        ClockMessage question = outbox.nextClock();
        return question == null ? null : question.answer(nanoClock.getAsLong());
    }

    /** @param endBytes of all that is sent up to the end of this frame */
    void begin(VideoMessage frame, long nowNanos, long endBytes) {
        FrameTimes times = frame.times();
        sent.begin(frame.frameSeq(), times.captureTimeNanos(), times.commitTimeNanos(), times.serverTimeNanos(), nowNanos, endBytes);
    }
}

package io.sdros.transport.undertow;

import io.sdros.transport.undertow.sdr2.Judgement;
import io.sdros.transport.undertow.sdr2.SentFrame;
import java.util.EnumMap;
import java.util.Map;

/**
 * How long the frames of which a viewer spoke last were on each stage of their way. A delay that would be negative, for an
 * error of the clock, is 0.
 *
 * @param nanos stages of which nothing is known have no entry
 */
public record ViewerDelays(Map<DelayStage, Long> nanos) {

    /** Who knows the time less well says nothing of delays that is worth counting, and might say anything. */
    private static final long MOST_CLOCK_ERROR_MICROS = 1_000_000;
    private static final long NANOS_PER_MILLI = 1_000_000;

    static final ViewerDelays NONE = new ViewerDelays(Map.of());

    /** Makes the map immutable. */
    public ViewerDelays {
        nanos = Map.copyOf(nanos);
    }

    static ViewerDelays of(Judgement judgement) {
        if (judgement.message().clockErrorMicros() > MOST_CLOCK_ERROR_MICROS) {
            return NONE;
        }
        Map<DelayStage, Long> delays = new EnumMap<>(DelayStage.class);
        SentFrame received = judgement.received();
        SentFrame displayed = judgement.displayed();
        long receivedNanos = judgement.message().receivedNanos();
        long displayedNanos = judgement.message().displayedNanos();
        if (received != null) {
            if (received.captureNanos() != 0) {
                put(delays, DelayStage.CAPTURE_TO_COMMIT, received.commitNanos() - received.captureNanos());
            }
            put(delays, DelayStage.COMMIT_TO_SERVER, received.serverNanos() - received.commitNanos());
            put(delays, DelayStage.SERVER_TO_SOCKET, socketNanos(received) - received.serverNanos());
            put(delays, DelayStage.SOCKET_TO_RECEIVED, receivedNanos - socketNanos(received));
        }
        if (displayed != null) {
            long ageNanos = displayedNanos - displayed.commitNanos();
            long sinceReceivedNanos = ageNanos - (receivedNanos - received.commitNanos());
            put(delays, DelayStage.COMMIT_TO_DISPLAYED, ageNanos);
            put(delays, DelayStage.RECEIVED_TO_DISPLAYED, sinceReceivedNanos);
            if (judgement.message().decodingMillis() != 0) {
                long decodingNanos = judgement.message().decodingMillis() * NANOS_PER_MILLI;
                put(delays, DelayStage.RECEIVED_TO_DECODED, decodingNanos);
                put(delays, DelayStage.DECODED_TO_DISPLAYED, sinceReceivedNanos - decodingNanos);
            }
        }
        return new ViewerDelays(delays);
    }

    /** The client may have spoken of the frame before the thread that sent it came to write down that it had. */
    private static long socketNanos(SentFrame frame) {
        return frame.socketNanos() == 0 ? frame.begunNanos() : frame.socketNanos();
    }

    private static void put(Map<DelayStage, Long> delays, DelayStage stage, long nanos) {
        delays.put(stage, Math.max(0, nanos));
    }
}

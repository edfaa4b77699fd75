package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.transport.undertow.sdr2.FeedbackMessage;
import io.sdros.transport.undertow.sdr2.Judgement;
import io.sdros.transport.undertow.sdr2.SentFrame;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ViewerDelaysTest {

    private static final SentFrame FRAME = new SentFrame(0, 7, 100, 110, 130, 160, 200, 0);

    private static Map<DelayStage, Long> of(long clockErrorMicros, long receivedNanos, long displayedNanos) {
        return of(0, clockErrorMicros, receivedNanos, displayedNanos);
    }

    private static Map<DelayStage, Long> of(int decodingMillis, long clockErrorMicros, long receivedNanos, long displayedNanos) {
        FeedbackMessage message = new FeedbackMessage(0, 0, decodingMillis, clockErrorMicros, 7, receivedNanos, 7, displayedNanos, 0, 0, 0);
        return ViewerDelays.of(new Judgement(message, FRAME, FRAME)).nanos();
    }

    @Test
    void eachStageHasItsOwn() {
        assertThat(of(1_000_000, 250, 310)).containsOnly(
                Map.entry(DelayStage.CAPTURE_TO_COMMIT, 10L), Map.entry(DelayStage.COMMIT_TO_SERVER, 20L),
                Map.entry(DelayStage.SERVER_TO_SOCKET, 70L), Map.entry(DelayStage.SOCKET_TO_RECEIVED, 50L),
                Map.entry(DelayStage.RECEIVED_TO_DISPLAYED, 60L), Map.entry(DelayStage.COMMIT_TO_DISPLAYED, 200L));
    }

    @Test
    void whereDecodingIsSaidItIsTakenOutOfTheWayToTheScreen() {
        assertThat(of(5, 0, 250, 7_000_250))
                .containsEntry(DelayStage.RECEIVED_TO_DISPLAYED, 7_000_000L)
                .containsEntry(DelayStage.RECEIVED_TO_DECODED, 5_000_000L)
                .containsEntry(DelayStage.DECODED_TO_DISPLAYED, 2_000_000L);
        assertThat(of(5, 0, 250, 4_600_250)).as("rounded up by the client")
                .containsEntry(DelayStage.DECODED_TO_DISPLAYED, 0L);
        assertThat(of(5, 1_000_001, 250, 7_000_250)).isEmpty();
    }

    /** The sums are of all viewers. One who claims to be wrong by an hour may claim a delay of an hour, too. */
    @Test
    void whoHardlyKnowsTheTimeSaysNothingOfDelays() {
        assertThat(of(1_000_001, 250, 310)).isEmpty();
    }
}

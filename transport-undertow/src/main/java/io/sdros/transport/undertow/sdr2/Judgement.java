package io.sdros.transport.undertow.sdr2;

/**
 * What a client's feedback means for the frames that were sent to it.
 *
 * @param received   the newest frame it has; null if it has none, or one that was sent too long ago
 * @param displayed  the newest it shows; likewise
 */
public record Judgement(FeedbackMessage message, SentFrame received, SentFrame displayed) {

    private static final long NANOS_PER_MICRO = 1000;

    /**
     * Null if it cannot be so: it names a frame that was never sent to this client, or that had not been sent by the time it
     * gives, or a time that has not come yet. On the thread that reads {@code sent}.
     */
    public static Judgement of(FeedbackMessage message, SentFrames sent, long nowNanos) {
        long errorNanos = message.clockErrorMicros() * NANOS_PER_MICRO;
        long latestNanos = nowNanos + errorNanos;
        boolean hasReceived = message.receivedNanos() != 0;
        boolean hasDisplayed = message.displayedNanos() != 0;
        if (hasReceived && message.receivedNanos() - latestNanos > 0
                || hasDisplayed && (!hasReceived || message.displayedNanos() - latestNanos > 0)) {
            return null;
        }
        SentFrame received = hasReceived
                ? sent.find(message.receivedSeq(), Long.MAX_VALUE, message.receivedNanos() + errorNanos) : null;
        SentFrame displayed = hasDisplayed && received != null
                ? sent.find(message.displayedSeq(), received.index() + 1, message.displayedNanos() + errorNanos) : null;
        if (hasReceived && received == null && !sent.mayBeForgotten(message.receivedSeq())
                || hasDisplayed && displayed == null && !sent.mayBeForgotten(message.displayedSeq())) {
            return null;
        }
        return new Judgement(message, received, displayed);
    }
}

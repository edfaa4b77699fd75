package io.sdros.relay.nats.wire;

import java.util.Optional;

/**
 * What an origin answers to a beat, on its reply subject: with the moment of its arrival these are four times, from which
 * the edge knows how the clocks differ.
 *
 * @param origin        whose clock the last two are on
 * @param sentNanos     from the beat, on the edge's clock
 * @param receivedNanos when the beat came
 * @param answeredNanos when the answer went
 */
public record BeatAnswer(long origin, long sentNanos, long receivedNanos, long answeredNanos) {

    /** The bytes of the message. */
    public byte[] json() {
        return new JsonText().putId("origin", origin).put("sent", sentNanos).put("received", receivedNanos)
                .put("answered", answeredNanos).bytes();
    }

    /** Reads one; empty if it is none. */
    public static Optional<BeatAnswer> parse(byte[] json) {
        return FlatJson.parse(json).filter(read -> read.id("origin").isPresent() && read.number("sent").isPresent()
                && read.number("received").isPresent() && read.number("answered").isPresent())
                .map(read -> new BeatAnswer(read.id("origin").getAsLong(), read.number("sent").getAsLong(),
                        read.number("received").getAsLong(), read.number("answered").getAsLong()));
    }
}

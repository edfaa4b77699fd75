package io.sdros.relay.nats.wire;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** What an edge says to the origins of a stream; one JSON object each. Further fields are passed over. */
public sealed interface UpMessage {

    /** The longest one that is read; so it is with what origins say. */
    int MOST_BYTES = FlatJson.MOST_BYTES;

    /** By which the edge is known, random; see {@link EdgeId}. */
    long edge();

    /** The bytes of the message. */
    byte[] json();

    /** It has subscribed and wants what was published since the last keyframe. */
    record Join(long edge) implements UpMessage {
        @Override
        public byte[] json() {
            return start("join", edge).bytes();
        }
    }

    /**
     * It has viewers, or had them a moment ago; said once a second, with a reply subject for the {@link BeatAnswer}.
     *
     * @param sentNanos on the edge's clock
     * @param lagMicros how much longer frames take to it than they did at best
     * @param rttMicros how long the last beat and its answer took; 0 = unknown
     * @param viewers   how many it has
     */
    record Beat(long edge, long sentNanos, long lagMicros, long rttMicros, long viewers) implements UpMessage {
        @Override
        public byte[] json() {
            return start("beat", edge).put("sent", sentNanos).put("lag_us", lagMicros).put("rtt_us", rttMicros)
                    .put("viewers", viewers).bytes();
        }
    }

    /** It wants no more frames. */
    record Leave(long edge) implements UpMessage {
        @Override
        public byte[] json() {
            return start("leave", edge).bytes();
        }
    }

    /**
     * It is the one that acknowledges, and has got everything up to here, or knows that it is lost.
     *
     * @param origin   whose frames
     * @param sequence of the newest frame
     */
    record Ack(long edge, long origin, long sequence) implements UpMessage {
        @Override
        public byte[] json() {
            return start("ack", edge).putId("origin", origin).put("sequence", sequence).bytes();
        }
    }

    /**
     * Its viewers need a keyframe.
     *
     * @param reason  join, lag or timeout
     * @param clients how many need it
     */
    record NeedKey(long edge, String reason, long clients) implements UpMessage {
        @Override
        public byte[] json() {
            return start("need_key", edge).put("reason", reason).put("clients", clients).bytes();
        }
    }

    /**
     * What the connections of its viewers carry.
     *
     * @param targetBps  what the encoder should produce, in bits per second; absent if no limit is known
     * @param clients    whose feedback is known
     * @param carriedBps what the deciding one's connection has carried of late
     */
    record Rate(long edge, OptionalLong targetBps, long clients, long carriedBps) implements UpMessage {
        @Override
        public byte[] json() {
            return start("rate", edge).put("target_bps", targetBps).put("clients", clients).put("carried_bps", carriedBps).bytes();
        }
    }

    /** Reads a message; empty if it is none of these, or lacks something. */
    static Optional<UpMessage> parse(byte[] json) {
        return FlatJson.parse(json).flatMap(read -> read.id("edge").isPresent()
                ? of(read, read.id("edge").getAsLong()) : Optional.empty());
    }

    private static Optional<UpMessage> of(FlatJson read, long edge) {
        return switch (read.text("type").orElse("")) {
            case "join" -> Optional.of(new Join(edge));
            case "leave" -> Optional.of(new Leave(edge));
            case "beat" -> read.number("sent").isEmpty() ? Optional.empty() : Optional.of(new Beat(edge,
                    read.number("sent").getAsLong(), read.count("lag_us").orElse(0), read.count("rtt_us").orElse(0),
                    read.count("viewers").orElse(0)));
            case "ack" -> read.id("origin").isEmpty() || read.count("sequence").isEmpty() ? Optional.empty()
                    : Optional.of(new Ack(edge, read.id("origin").getAsLong(), read.count("sequence").getAsLong()));
            case "need_key" -> Optional.of(new NeedKey(edge, read.text("reason").orElse("lag").toLowerCase(Locale.ROOT),
                    Math.max(1, read.count("clients").orElse(1))));
            case "rate" -> Optional.of(new Rate(edge, read.count("target_bps"), read.count("clients").orElse(0),
                    read.count("carried_bps").orElse(0)));
            default -> Optional.empty();
        };
    }

    private static JsonText start(String type, long edge) {
        return new JsonText().put("type", type).putId("edge", edge);
    }
}

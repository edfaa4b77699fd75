package io.sdros.relay.nats.wire;

import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/**
 * What an origin says of itself once a second, and when something has changed.
 *
 * @param origin      its id, random per start
 * @param epochMillis when it was started, in milliseconds since 1970
 * @param priority    of two origins of one name the higher is taken
 * @param state       of its source
 * @param standby     whether it publishes nothing because it hears a better one
 * @param codec       of its frames: the number in their headers; 0 = not known yet
 * @param gating      whether its viewers need keyframes
 * @param title       for people
 */
public record OriginInfo(long origin, long epochMillis, int priority, State state, boolean standby, int codec, boolean gating,
        String title) {

    /** Whether frames come from the source. */
    public enum State { LIVE, STALE, ABSENT }

    /** The better one first. Everybody who compares the same two says the same. */
    private static final Comparator<OriginInfo> BEST_FIRST = Comparator.comparingInt(OriginInfo::priority).reversed()
            .thenComparingLong(OriginInfo::epochMillis).thenComparing(OriginInfo::origin, Long::compareUnsigned);

    private static final int MOST_TITLE_CHARACTERS = 200;
    private static final int MOST_CODEC = 0xFFFF;

    /** Whether this one is to be taken rather than the other. */
    public boolean betterThan(OriginInfo other) {
        return BEST_FIRST.compare(this, other) < 0;
    }

    /** The bytes of the message. */
    public byte[] json() {
        return new JsonText().putId("origin", origin).put("epoch", epochMillis).put("priority", priority)
                .put("state", state.name().toLowerCase(Locale.ROOT)).put("standby", standby).put("codec", codec)
                .put("gating", gating).put("title", title).bytes();
    }

    /** Reads one; empty if it is none. */
    public static Optional<OriginInfo> parse(byte[] json) {
        return FlatJson.parse(json).flatMap(OriginInfo::of);
    }

    private static Optional<OriginInfo> of(FlatJson read) {
        Optional<State> state = state(read.text("state").orElse(""));
        long priority = read.number("priority").orElse(0);
        long codec = read.count("codec").orElse(0);
        String title = read.text("title").orElse("");
        if (read.id("origin").isEmpty() || read.count("epoch").isEmpty() || state.isEmpty() || priority != (int) priority
                || codec > MOST_CODEC || title.length() > MOST_TITLE_CHARACTERS) {
            return Optional.empty();
        }
        return Optional.of(new OriginInfo(read.id("origin").getAsLong(), read.count("epoch").getAsLong(), (int) priority, state.get(),
                read.choice("standby").orElse(false), (int) codec, read.choice("gating").orElse(true), title));
    }

    private static Optional<State> state(String word) {
        for (State state : State.values()) {
            if (state.name().toLowerCase(Locale.ROOT).equals(word)) {
                return Optional.of(state);
            }
        }
        return Optional.empty();
    }
}

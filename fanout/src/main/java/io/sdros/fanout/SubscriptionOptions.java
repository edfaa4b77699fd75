package io.sdros.fanout;

import java.util.Objects;
import java.util.OptionalDouble;

/**
 * What a subscriber wants of a {@link Broadcaster}'s stream. Immutable.
 *
 * @param mayMissDroppable whether it copes with gaps where nothing but {@link MessageKind#DROPPABLE} messages is missing; else
 *                         such a gap is a lag for it as any other
 * @param mostPerSecond    so many messages a second at most, 0.001 to 1,000,000, as far as the stream allows: droppable ones are
 *                         left out, and where that does not suffice all but keyframes. It copes with such gaps. Where no keyframe
 *                         ever comes only droppable ones are left out. Empty: all there are
 */
public record SubscriptionOptions(boolean mayMissDroppable, OptionalDouble mostPerSecond) {

    /** Every message, and no gaps. */
    public static final SubscriptionOptions ALL = new SubscriptionOptions(false, OptionalDouble.empty());

    private static final double LEAST = 0.001;
    private static final double MOST = 1_000_000;

    /**
     * Checks the rate.
     *
     * @throws IllegalArgumentException if there is one and it is out of bounds
     */
    public SubscriptionOptions {
        Objects.requireNonNull(mostPerSecond, "mostPerSecond");
        if (mostPerSecond.isPresent() && !(mostPerSecond.getAsDouble() >= LEAST && mostPerSecond.getAsDouble() <= MOST)) {
            throw new IllegalArgumentException("mostPerSecond must be from 0.001 to 1000000: " + mostPerSecond.getAsDouble());
        }
    }

    /** The same but for this. */
    public SubscriptionOptions mayMissDroppable(boolean mayMiss) {
        return new SubscriptionOptions(mayMiss, mostPerSecond);
    }
}

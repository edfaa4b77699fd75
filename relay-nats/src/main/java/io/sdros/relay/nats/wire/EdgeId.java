package io.sdros.relay.nats.wire;

import java.util.random.RandomGenerator;

/** The random numbers by which edges are known. */
public final class EdgeId {

    private static final int ACKER_MASK = 0xFFFF;

    private EdgeId() {
    }

    /** A new one; its {@link #ackerNumber} is never 0, which means nobody. */
    public static long random(RandomGenerator random) {
        long id = random.nextLong();
        while (ackerNumber(id) == 0) {
            id = random.nextLong();
        }
        return id;
    }

    /** What messages with frames call the edge that is to acknowledge. Who has the same number may do so too, which does no harm. */
    public static int ackerNumber(long edgeId) {
        return (int) edgeId & ACKER_MASK;
    }
}

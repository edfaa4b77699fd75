package io.sdros.it.load.chaos;

import java.time.Duration;

/**
 * A fault that has happened, and how long each viewer's picture may stand still for it: the table of docs/scaling.md. Moments
 * are of {@link System#nanoTime}.
 *
 * @param edgeOnNode  by edge, whether it was connected to the node that the fault is of
 * @param robotOnNode by robot, whether its leaf node was
 * @param atNanos     when it happened
 * @param healedNanos when what was killed said that it is ready, or what was stopped or cut went on
 */
record Struck(Fault fault, int target, boolean[] edgeOnNode, boolean[] robotOnNode, long atNanos, long healedNanos) {

    /** Whom it does not concern: another edge may have to be asked for acknowledgements, which takes two windows. */
    private static final Duration OTHERS = Duration.ofMillis(500);
    private static final Duration NODE_KILLED = Duration.ofMillis(500);
    private static final Duration NODE_FROZEN = Duration.ofSeconds(1);
    private static final Duration TAKEOVER = Duration.ofSeconds(2);
    private static final Duration AFTER = Duration.ofSeconds(1);
    /** nats-server waits for a second, not less, before a leaf node connects to another node; then a keyframe must come. */
    private static final Duration LEAF_ELSEWHERE = Duration.ofSeconds(2);

    /** Whether the picture at this seat may stand still for longer than anybody's. */
    boolean concerns(Seat seat) {
        return bound(seat).compareTo(OTHERS) > 0 || fault.ofNode() && seat.atEdge() && edgeOnNode[seat.place()];
    }

    /** For how long it may stand still, besides what lies between two frames. */
    Duration bound(Seat seat) {
        Duration bound = fault.ofNode() ? boundOfNode(seat) : hit(seat) ? untilHealed() : OTHERS;
        boolean elsewhere = seat.shared() && bound.compareTo(TAKEOVER) > 0 && !fault.ofEdge() && !(robotOnNode[0] && robotOnNode[1]);
        return elsewhere ? TAKEOVER : bound;
    }

    private boolean hit(Seat seat) {
        if (fault.ofEdge()) {
            return seat.atEdge(target);
        }
        return seat.atEdge() ? seat.robot() == target : fault.ofOrigin() && seat.atOrigin(target);
    }

    private Duration untilHealed() {
        return Duration.ofNanos(healedNanos - atNanos).plus(AFTER);
    }

    private Duration boundOfNode(Seat seat) {
        if (!seat.atEdge()) {
            return OTHERS;
        }
        boolean frozen = fault == Fault.NODE_FROZEN;
        if (robotOnNode[seat.robot()]) {
            return frozen ? untilHealed() : LEAF_ELSEWHERE;
        }
        return !edgeOnNode[seat.place()] ? OTHERS : frozen ? NODE_FROZEN : NODE_KILLED;
    }

    /** Whether what was counted at this edge of this stream since before the fault must agree with what was counted at its origin. */
    boolean countsAgree(Seat seat) {
        boolean originEnded = fault.ofOrigin() && seat.robot() == target;
        boolean edgeEnded = fault == Fault.EDGE_KILLED && seat.atEdge(target);
        return seat.atEdge() && !originEnded && !edgeEnded;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(fault.name()).append(' ').append(target + 1);
        for (int edge = 0; fault.ofNode() && edge < edgeOnNode.length; edge++) {
            text.append(edgeOnNode[edge] ? " edge" + (edge + 1) : "");
        }
        for (int robot = 0; fault.ofNode() && robot < robotOnNode.length; robot++) {
            text.append(robotOnNode[robot] ? " robot" + (robot + 1) : "");
        }
        return text.toString();
    }
}

package io.sdros.it.load.chaos;

/** What is done to the fleet in a round. */
public enum Fault {
    /** kill -9 of a node of the hub, which is started again at once. */
    NODE_KILLED(Hub.NODES),
    /** kill -9 of a robot's leaf node, started again at once. */
    LEAF_KILLED(Fleet.ROBOTS),
    /** kill -9 of a robot's server, started again once the other has taken over the stream that both have. */
    ORIGIN_KILLED(Fleet.ROBOTS),
    /** The same with SIGTERM. */
    ORIGIN_STOPPED(Fleet.ROBOTS),
    /** kill -9 of an edge, started again at once. */
    EDGE_KILLED(Fleet.EDGES),
    /** SIGSTOP of a node of the hub, and SIGCONT after the outage. */
    NODE_FROZEN(Hub.NODES),
    /** The same of a robot's leaf node. */
    LEAF_FROZEN(Fleet.ROBOTS),
    /** The same of an edge. */
    EDGE_FROZEN(Fleet.EDGES),
    /** All ways from a robot to the hub are cut for the time of a partition. */
    UPLINK_CUT(Fleet.ROBOTS),
    /** The same of an edge. */
    EDGE_CUT(Fleet.EDGES);

    private final int targets;

    Fault(int targets) {
        this.targets = targets;
    }

    int targets() {
        return targets;
    }

    /** Whether frames may have waited somewhere while it lasted. */
    boolean holdsFrames() {
        return this == NODE_FROZEN || this == LEAF_FROZEN || this == EDGE_FROZEN || this == UPLINK_CUT || this == EDGE_CUT;
    }

    boolean ofNode() {
        return this == NODE_KILLED || this == NODE_FROZEN;
    }

    boolean ofOrigin() {
        return this == ORIGIN_KILLED || this == ORIGIN_STOPPED;
    }

    boolean ofEdge() {
        return this == EDGE_KILLED || this == EDGE_FROZEN || this == EDGE_CUT;
    }

    boolean ofRobot() {
        return !ofNode() && !ofEdge();
    }
}

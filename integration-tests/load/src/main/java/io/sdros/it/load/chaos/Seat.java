package io.sdros.it.load.chaos;

/**
 * Where a viewer watches, and what.
 *
 * @param atEdge or at an origin
 * @param place  which of them
 * @param robot  from which the stream comes while all is well
 */
record Seat(boolean atEdge, int place, String stream, int robot, RecordingViewer viewer) {

    boolean shared() {
        return atEdge && stream.equals(Fleet.SHARED);
    }

    boolean atEdge(int edge) {
        return atEdge && place == edge;
    }

    boolean atOrigin(int origin) {
        return !atEdge && place == origin;
    }
}

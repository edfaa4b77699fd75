package io.sdros.server;

import java.util.List;
import java.util.Optional;

/**
 * What a demo is to show.
 *
 * @param streams how many cameras
 * @param edge    whether a second server has them from the first, through a nats-server of the demo's own
 */
record DemoOptions(int streams, boolean edge) {

    static final String ACCEPTED = "demo [--streams N (1 to " + Demo.MOST_STREAMS + ")] [--edge]";

    private static final String STREAMS = "--streams";
    private static final String EDGE = "--edge";

    /** Reads what stands behind {@code demo}, each option once; empty if it is something else. */
    static Optional<DemoOptions> of(List<String> words) {
        if (words.isEmpty()) {
            return Optional.of(new DemoOptions(Demo.USUAL_STREAMS, false));
        }
        boolean edgeFirst = words.get(0).equals(EDGE);
        boolean edgeLast = words.get(words.size() - 1).equals(EDGE);
        boolean edge = edgeFirst || edgeLast;
        List<String> rest = edgeFirst ? words.subList(1, words.size()) : edgeLast ? words.subList(0, words.size() - 1) : words;
        if (rest.isEmpty()) {
            return Optional.of(new DemoOptions(Demo.USUAL_STREAMS, edge));
        }
        if (rest.size() != 2 || !rest.get(0).equals(STREAMS) || !rest.get(1).matches("[0-9]{1,2}")) {
            return Optional.empty();
        }
        int streams = Integer.parseInt(rest.get(1));
        return streams >= 1 && streams <= Demo.MOST_STREAMS ? Optional.of(new DemoOptions(streams, edge)) : Optional.empty();
    }
}

package io.sdros.it.load.chaos;

import io.sdros.it.support.Metrics;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What all servers have counted by a moment at which nothing was on its way.
 *
 * @param published by robot and stream
 * @param edges     by edge and stream
 */
record Books(Map<String, Long> published, Map<String, Count> edges) {

    private static final String RECEIVED = "sdr_relay_frames_received_total";
    private static final String LOST = "sdr_relay_frames_lost_total";
    private static final String PUBLISHED = "sdr_relay_frames_published_total";
    private static final String JOINS = "sdr_relay_joins_total";
    /** What the origin itself had not got; no frame that was published. */
    private static final String AT_ORIGIN = "where=\"origin\"";

    /**
     * At one edge, of one stream.
     *
     * @param lost  by where
     * @param joins of whatever result
     */
    record Count(long received, Map<String, Long> lost, long joins) {

        long all() {
            return received + lost.values().stream().mapToLong(Long::longValue).sum();
        }

        /** What has been counted since. */
        Count since(Count before) {
            Map<String, Long> more = new TreeMap<>();
            lost.forEach((where, count) -> {
                long added = count - before.lost.getOrDefault(where, 0L);
                if (added != 0) {
                    more.put(where, added);
                }
            });
            return new Count(received - before.received, more, joins - before.joins);
        }
    }

    static Books of(Fleet fleet) {
        Map<String, Long> published = new LinkedHashMap<>();
        for (int robot = 0; robot < Fleet.ROBOTS; robot++) {
            Metrics metrics = fleet.robot(robot).site().server().http().metrics();
            for (Seat seat : fleet.seats()) {
                if (seat.atOrigin(robot)) {
                    published.put(key(robot, seat.stream()), (long) sum(metrics, PUBLISHED, seat.stream()));
                }
            }
        }
        Map<String, Count> edges = new LinkedHashMap<>();
        for (int edge = 0; edge < Fleet.EDGES; edge++) {
            Metrics metrics = fleet.edge(edge).server().http().metrics();
            for (Seat seat : fleet.seats()) {
                if (seat.atEdge(edge)) {
                    edges.put(key(edge, seat.stream()), count(metrics, seat.stream()));
                }
            }
        }
        return new Books(published, edges);
    }

    private static String key(int place, String stream) {
        return place + "/" + stream;
    }

    private static Count count(Metrics metrics, String stream) {
        Map<String, Long> lost = new TreeMap<>();
        metrics.samples().forEach((sample, value) -> {
            if (of(sample, LOST, stream) && !sample.contains(AT_ORIGIN) && value != 0) {
                lost.put(sample.replaceAll(".*where=\"([a-z]+)\".*", "$1"), value.longValue());
            }
        });
        return new Count((long) sum(metrics, RECEIVED, stream), lost, (long) sum(metrics, JOINS, stream));
    }

    private static double sum(Metrics metrics, String name, String stream) {
        return metrics.samples().entrySet().stream().filter(sample -> of(sample.getKey(), name, stream))
                .mapToDouble(Map.Entry::getValue).sum();
    }

    private static boolean of(String sample, String name, String stream) {
        return sample.startsWith(name + "{") && sample.contains("stream=\"" + stream + "\"");
    }

    long publishedAt(int robot, String stream) {
        return published.get(key(robot, stream));
    }

    Count at(Seat seat) {
        return edges.get(key(seat.place(), seat.stream()));
    }

    /** What the stream's origin has published since, while it lived on. */
    long sentSince(Books before, Seat seat) {
        return publishedAt(seat.robot(), seat.stream()) - before.publishedAt(seat.robot(), seat.stream());
    }
}

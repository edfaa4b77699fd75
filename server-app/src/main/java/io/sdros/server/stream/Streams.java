package io.sdros.server.stream;

import io.sdros.server.metrics.MetricSource;
import io.sdros.transport.undertow.VideoFeed;
import java.util.List;
import java.util.Map;

/** The streams of one server. Any thread. */
public final class Streams implements AutoCloseable {

    private static final String MAIN_PATH = "/stream/ws";

    private final List<VideoStream> all;

    /** @param all at least one; the first is the one that is meant where none is named */
    public Streams(List<VideoStream> all) {
        this.all = List.copyOf(all);
    }

    /** The one that is meant where none is named. */
    public VideoStream main() {
        return all.get(0);
    }

    /** What is served under which path. */
    public Map<String, VideoFeed> feeds() {
        return Map.of(MAIN_PATH, main().feed());
    }

    public List<MetricSource> metrics() {
        return all.stream().flatMap(stream -> stream.metrics().stream()).toList();
    }

    public void start() {
        all.forEach(VideoStream::start);
    }

    @Override
    public void close() {
        all.forEach(VideoStream::close);
    }
}

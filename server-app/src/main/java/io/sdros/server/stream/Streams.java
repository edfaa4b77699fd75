package io.sdros.server.stream;

import io.sdros.server.metrics.MetricSource;
import io.sdros.server.metrics.StreamMetrics;
import io.sdros.transport.undertow.VideoFeed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The streams of one server. Any thread. */
public final class Streams implements AutoCloseable {

    private static final String MAIN_PATH = "/stream/ws";

    private static final Logger log = LoggerFactory.getLogger(Streams.class);

    private static final int MOST_LABELS = 100;
    private static final String OTHERS_LABEL = "other";

    private final List<VideoStream> all;
    private final Map<String, VideoStream> byName;

    /** @param all at least one; the first is the one that is meant where none is named */
    public Streams(List<VideoStream> all) {
        this.all = List.copyOf(all);
        byName = all.stream().collect(Collectors.toUnmodifiableMap(VideoStream::name, Function.identity()));
    }

    /** The one that is meant where none is named. */
    public VideoStream main() {
        return all.get(0);
    }

    public List<VideoStream> all() {
        return all;
    }

    /** The one of this name. */
    public Optional<VideoStream> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** For people, by name. */
    public Map<String, String> titles() {
        Map<String, String> titles = new LinkedHashMap<>();
        all.forEach(stream -> titles.put(stream.name(), stream.title()));
        return titles;
    }

    /** What is served under which path. */
    public Map<String, VideoFeed> feeds() {
        Map<String, VideoFeed> feeds = new LinkedHashMap<>();
        feeds.put(MAIN_PATH, main().feed());
        all.forEach(stream -> feeds.put("/streams/" + stream.name() + "/ws", stream.feed()));
        return feeds;
    }

    /** Under the name of each stream if they have names; those after the first hundred share one. */
    public List<MetricSource> metrics() {
        List<MetricSource> sources = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            VideoStream stream = all.get(i);
            if (stream.named()) {
                sources.add(new StreamMetrics(i < MOST_LABELS ? stream.name() : OTHERS_LABEL, stream.metrics()));
            } else {
                sources.addAll(stream.metrics());
            }
        }
        return sources;
    }

    public void start() {
        all.forEach(VideoStream::start);
    }

    /**
     * Tells the encoders what is due. That is told as feedback comes, too; this, to be called from time to time, is for
     * repeating it, and for taking it back when the last viewer has left. Throws nothing.
     */
    public void adviseRates() {
        for (VideoStream stream : all) {
            try {
                stream.adviseRate();
            } catch (RuntimeException | Error e) {
                log.warn("Rate advice for the encoder of {} failed", stream.name(), e);
            }
        }
    }

    @Override
    public void close() {
        all.forEach(VideoStream::close);
    }
}

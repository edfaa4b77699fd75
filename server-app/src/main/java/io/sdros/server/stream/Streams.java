package io.sdros.server.stream;

import io.sdros.server.metrics.MetricFamilies;
import io.sdros.server.metrics.MetricSource;
import io.sdros.server.metrics.StreamMetrics;
import io.sdros.transport.undertow.VideoFeed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The streams of one server, to which some may come and from which those may go again. Any thread. */
public final class Streams implements AutoCloseable {

    private static final String MAIN_PATH = "/stream/ws";

    private static final Logger log = LoggerFactory.getLogger(Streams.class);

    private static final int MOST_LABELS = 100;
    private static final String OTHERS_LABEL = "other";

    private final List<VideoStream> configured;
    /** Replaced, never changed. */
    private volatile List<VideoStream> all;
    /** By name; of streams that have gone, too, so that one that comes back has the same. */
    private final Map<String, String> labels = new HashMap<>();

    /** @param configured the first is the one that is meant where none is named */
    public Streams(List<VideoStream> configured) {
        this.configured = List.copyOf(configured);
        all = this.configured;
    }

    /** The one that is meant where none is named; absent if none has been configured. */
    public Optional<VideoStream> main() {
        return configured.stream().findFirst();
    }

    /** Those that were there from the beginning. */
    public List<VideoStream> configured() {
        return configured;
    }

    /** One more, which has been started by then and is closed by whoever {@linkplain #remove removes} it. */
    public synchronized void add(VideoStream stream) {
        List<VideoStream> more = new ArrayList<>(all);
        more.add(stream);
        all = List.copyOf(more);
    }

    /** One that was {@linkplain #add added} is there no more. */
    public synchronized void remove(VideoStream stream) {
        all = all.stream().filter(other -> other != stream).toList();
    }

    /** Where the viewers of a stream go. */
    public static String path(String name) {
        return "/streams/" + name + "/ws";
    }

    public List<VideoStream> all() {
        return all;
    }

    /** The one of this name. */
    public Optional<VideoStream> named(String name) {
        return all.stream().filter(stream -> stream.name().equals(name)).findFirst();
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
        main().ifPresent(first -> feeds.put(MAIN_PATH, first.feed()));
        all.forEach(stream -> feeds.put(path(stream.name()), stream.feed()));
        return feeds;
    }

    /** Under the name of each stream if they have names; those after the first hundred share one. */
    public MetricSource metrics() {
        return families -> all.forEach(stream -> addMetrics(stream, families));
    }

    private void addMetrics(VideoStream stream, MetricFamilies families) {
        if (stream.named()) {
            new StreamMetrics(label(stream.name()), stream.metrics()).addTo(families);
        } else {
            stream.metrics().forEach(source -> source.addTo(families));
        }
    }

    private synchronized String label(String name) {
        if (labels.size() < MOST_LABELS) {
            labels.putIfAbsent(name, name);
        }
        return labels.getOrDefault(name, OTHERS_LABEL);
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

package io.sdros.server;

import io.sdros.relay.nats.EdgeStreams;
import io.sdros.relay.nats.HeardStream;
import io.sdros.relay.nats.RelayConnection;
import io.sdros.server.settings.NatsUrl;
import io.sdros.server.settings.RelaySettings;
import io.sdros.server.settings.Settings;
import io.sdros.server.settings.StreamSettings;
import io.sdros.server.stream.OnDemand;
import io.sdros.server.stream.RelayedSource;
import io.sdros.server.stream.StreamCondition;
import io.sdros.server.stream.Streams;
import io.sdros.server.stream.VideoStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;

/**
 * The connection to other machines, and the streams that come over it: those that the settings name, and, if these allow any,
 * those that somebody asks for and an origin was heard of that has them. Any thread.
 */
final class RelayedStreams implements AutoCloseable {

    private static final Pattern PATH = Pattern.compile(Pattern.quote(Streams.path("\n")).replace("\n", "\\E([^/]{1,64})\\Q"));
    /** A stream outlives its demand, so that the origin knows by then. */
    private static final Duration AFTER_LINGER = Duration.ofSeconds(2);

    private final RelaySettings settings;
    private final Optional<StreamSettings> any;
    private final RelayConnection connection;
    private final EdgeStreams edges;
    private final OnDemand<VideoStream> onDemand;

    /**
     * Not started.
     *
     * @param making   makes the stream of these settings and lets viewers in
     * @param removing lets nobody in to one any more
     */
    RelayedStreams(Settings settings, NatsUrl servers, Function<StreamSettings, VideoStream> making, Consumer<VideoStream> removing) {
        this.settings = settings.relay();
        any = settings.anyStream();
        connection = new RelayConnection(servers.reveal(), this.settings.natsCredsFile(), this.settings.natsCaFile(), "sdr-relay");
        edges = connection.edgeStreams(this.settings.prefix());
        onDemand = new OnDemand<>(this.settings.maxStreams(), this.settings.linger().plus(AFTER_LINGER),
                name -> any.isPresent() && edges.heard(name).isPresent(), name -> making.apply(settingsFor(name)),
                stream -> stream.viewers() > 0, removing, VideoStream::close, System::nanoTime);
    }

    /** Present if the settings name streams of other machines, or allow any. */
    static Optional<RelayedStreams> of(Settings settings, Function<StreamSettings, VideoStream> making, Consumer<VideoStream> removing) {
        boolean needed = settings.anyStream().isPresent() || settings.streams().stream().anyMatch(StreamSettings::relayed);
        return settings.relay().natsUrl().filter(servers -> needed)
                .map(servers -> new RelayedStreams(settings, servers, making, removing));
    }

    /** For one of its streams. */
    RelayedSource source(StreamSettings stream, IntSupplier viewers, Logger log) {
        return new RelayedSource(stream, edges, settings.maxLag(), viewers, log);
    }

    /** Of one that was heard of; forgotten in this very moment, it has no title but its name. */
    private StreamSettings settingsFor(String name) {
        StreamSettings template = any.orElseThrow();
        boolean gating = edges.heard(name).map(HeardStream::gating).orElse(template.keyframeGating());
        return template.heardOf(name, titleOf(name).orElse(name), gating);
    }

    /** Whether this is the path of a stream that can be asked for by now. */
    boolean knows(String path) {
        return nameIn(path).filter(onDemand::known).isPresent();
    }

    /** Somebody who may watch asks for the stream of this path. */
    void wanted(String path) {
        nameIn(path).ifPresent(onDemand::ask);
    }

    private static Optional<String> nameIn(String path) {
        Matcher matcher = PATH.matcher(path);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** Those that can be asked for by now, and are not served unless somebody has. */
    List<HeardStream> heard() {
        return edges.allHeard();
    }

    /** The one of this name, likewise. */
    Optional<HeardStream> heard(String name) {
        return edges.heard(name);
    }

    /** What people call it; its name if nobody has said anything else. */
    Optional<String> titleOf(String name) {
        return edges.heard(name).map(heard -> heard.title().isEmpty() ? name : heard.title());
    }

    /** What is known of a stream that nobody has asked for. */
    StreamCondition.Relayed condition(HeardStream stream) {
        return new StreamCondition.Relayed(connection.connected(), false, stream.state(), stream.codec());
    }

    boolean connected() {
        return connection.connected();
    }

    /** For people and for /health. */
    String state() {
        return connection.state();
    }

    void start() {
        if (any.isPresent()) {
            edges.listenToAll();
        }
        connection.start();
    }

    /** Lets go of what nobody uses; to be called about once a second. */
    void sweep() {
        onDemand.sweep();
    }

    @Override
    public void close() {
        connection.close();
    }
}

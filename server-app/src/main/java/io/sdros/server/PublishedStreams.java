package io.sdros.server;

import io.sdros.relay.nats.OriginConfig;
import io.sdros.relay.nats.OriginSource;
import io.sdros.relay.nats.OriginStream;
import io.sdros.relay.nats.OriginStreams;
import io.sdros.relay.nats.RelayConnection;
import io.sdros.server.bitstream.SequenceInfo;
import io.sdros.server.http.SourceState;
import io.sdros.server.metrics.OriginMetrics;
import io.sdros.server.settings.NatsUrl;
import io.sdros.server.settings.PublishSettings;
import io.sdros.server.settings.RelaySettings;
import io.sdros.server.settings.Settings;
import io.sdros.server.settings.StreamSettings;
import io.sdros.server.stream.VideoStream;
import java.util.Optional;

/** Those of a server's streams that other machines may take, and the connection over which they do. */
final class PublishedStreams implements AutoCloseable {

    private final PublishSettings settings;
    private final RelayConnection connection;
    private final OriginStreams origins;

    /** Without a stream. Not the connection of an edge, which throws away what is on its way when it is late. */
    private PublishedStreams(PublishSettings settings, RelaySettings relay, NatsUrl servers) {
        this.settings = settings;
        connection = new RelayConnection(servers.reveal(), relay.natsCredsFile(), relay.natsCaFile(), "sdr-relay-origin");
        origins = connection.originStreams(relay.prefix());
    }

    /** Present if the settings name streams for other machines. */
    static Optional<PublishedStreams> of(Settings settings) {
        return settings.publish().flatMap(publish -> settings.relay().natsUrl()
                .map(servers -> new PublishedStreams(publish, settings.relay(), servers)));
    }

    /** One of the server's streams, before the start; nothing happens if it is not to be published. */
    void add(VideoStream stream, StreamSettings of) {
        if (!settings.streams().contains(stream.name())) {
            return;
        }
        OriginStream origin = origins.add(new OriginConfig(stream.name(), stream.title(), of.keyframeGating(), settings.priority(),
                settings.window(), settings.chunkBytes(), of.gopCacheBytes()), stream.edgeFrames(), stream.edgeVoices(),
                () -> new OriginSource(stateOf(stream), stream.sequence().map(SequenceInfo::codec).orElse(0)));
        stream.countBesides(new OriginMetrics(origin::statistics));
    }

    private static io.sdros.relay.nats.SourceState stateOf(VideoStream stream) {
        return switch (SourceState.of(stream.condition(), stream.readyMaxAge()).kind()) {
            case LIVE -> io.sdros.relay.nats.SourceState.LIVE;
            case STALE -> io.sdros.relay.nats.SourceState.STALE;
            case ABSENT -> io.sdros.relay.nats.SourceState.ABSENT;
        };
    }

    void start() {
        origins.start();
        connection.start();
    }

    @Override
    public void close() {
        origins.close();
        connection.close();
    }
}

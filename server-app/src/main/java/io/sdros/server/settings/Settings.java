package io.sdros.server.settings;

import io.sdros.server.tls.TlsFiles;
import io.sdros.transport.undertow.HostPolicy;
import io.sdros.transport.undertow.OriginPolicy;
import io.sdros.transport.undertow.TrustedProxies;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the operator has chosen for the process, and in it for each stream, checked and typed; see {@link SettingDefinitions} for
 * each. Printing it shows no secret.
 *
 * @param streams at least one, unless any is served; the first is the one that is meant where none is named
 * @param anyStream how any other stream is served that comes from another machine; absent: none is
 * @param relay how streams from other machines are taken
 * @param natsUrl absent when there shall be no NATS
 * @param listenAddress resolved; port 0 stands for any free one
 * @param socketSendBufferBytes zero for the kernel's choice
 * @param window for how long frames may be on their way to a client that says that they are late
 * @param maxClients zero for no limit
 * @param maxClientsPerAddress zero for no limit
 * @param trustedProxies absent when nobody is one
 * @param authToken from the variable or the file
 * @param telemetryCacheSubjects zero for no cache
 * @param telemetryCacheExclude filters: what matches one is not kept
 * @param publish absent when no stream goes out to other machines
 */
public record Settings(
    List<StreamSettings> streams,
    Optional<StreamSettings> anyStream,
    RelaySettings relay,
    Optional<NatsUrl> natsUrl,
    InetSocketAddress listenAddress,
    int telemetryMaxSizeBytes,
    int socketSendBufferBytes,
    Duration stallTimeout,
    Duration window,
    int maxClients,
    int maxClientsPerAddress,
    Optional<TrustedProxies> trustedProxies,
    OriginPolicy allowedOrigins,
    HostPolicy allowedHosts,
    FrameAncestors embedAncestors,
    Optional<Secret> authToken,
    Optional<TlsFiles> tls,
    Optional<Path> natsCredsFile,
    Optional<Path> natsCaFile,
    int telemetryCacheSubjects,
    List<String> telemetryCacheExclude,
    int ioThreads,
    LogLevel logLevel,
    Optional<PublishSettings> publish) {

    public Settings {
        streams = List.copyOf(streams);
        telemetryCacheExclude = List.copyOf(telemetryCacheExclude);
    }

    /** The stream that is meant where none is named. */
    public StreamSettings mainStream() {
        return streams.get(0);
    }

    /** What some stream's viewers get of the telemetry; filters, each once. */
    public List<String> telemetrySubjects() {
        return Stream.concat(streams.stream(), anyStream.stream())
            .flatMap(stream -> stream.telemetrySubjects().stream()).distinct().toList();
    }

    /** The same with these streams. */
    public Settings withStreams(List<StreamSettings> others) {
        return with(others, natsUrl, relay, listenAddress, publish);
    }

    /** The same with these streams, which other servers may have through NATS servers that ask for no login. */
    public Settings publishing(List<StreamSettings> others, NatsUrl servers) {
        return with(others, Optional.of(servers), relay.through(servers), listenAddress,
            Optional.of(PublishSettings.standard(others.stream().map(StreamSettings::name).toList())));
    }

    /** The same with all streams from such a server, at another address. */
    public Settings taking(InetSocketAddress otherAddress) {
        return with(streams.stream().map(stream -> stream.fromRelay(relay.linger())).toList(), natsUrl, relay, otherAddress,
            Optional.empty());
    }

    private Settings with(List<StreamSettings> others, Optional<NatsUrl> nats, RelaySettings otherRelay, InetSocketAddress address,
            Optional<PublishSettings> published) {
        return new Settings(others, anyStream, otherRelay, nats, address, telemetryMaxSizeBytes, socketSendBufferBytes,
            stallTimeout, window, maxClients, maxClientsPerAddress, trustedProxies, allowedOrigins, allowedHosts, embedAncestors,
            authToken, tls, natsCredsFile, natsCaFile, telemetryCacheSubjects, telemetryCacheExclude, ioThreads, logLevel, published);
    }
}

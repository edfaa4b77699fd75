package io.sdros.server;

import io.sdros.server.backplane.Backplane;
import io.sdros.server.backplane.KeyframeRequests;
import io.sdros.server.backplane.TelemetryFeed;
import io.sdros.server.http.HealthReport;
import io.sdros.server.http.OwnHostNames;
import io.sdros.server.http.ReadyReport;
import io.sdros.server.http.WebRoutes;
import io.sdros.server.metrics.FanoutMetrics;
import io.sdros.server.metrics.HistogramSnapshot;
import io.sdros.server.metrics.MetricsRegistry;
import io.sdros.server.metrics.NatsMetrics;
import io.sdros.server.metrics.TransportMetrics;
import io.sdros.server.settings.Secret;
import io.sdros.server.settings.Settings;
import io.sdros.server.settings.TokenFile;
import io.sdros.server.stream.StreamCondition;
import io.sdros.server.stream.VideoStream;
import io.sdros.server.stream.ViewerLog;
import io.sdros.server.tls.TlsCertificates;
import io.sdros.transport.undertow.StreamServer;
import io.sdros.transport.undertow.StreamServerBuilder;
import io.sdros.transport.undertow.TransportStatistics;
import io.sdros.transport.undertow.TrustedProxies;
import io.sdros.transport.undertow.VideoFeed;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/** One stream with its telemetry, served: everything between the region and the sockets, assembled. */
final class Server implements AutoCloseable {
    private final Settings settings;
    private final long startNanos = System.nanoTime();
    private final Backplane backplane;
    private final TelemetryFeed telemetry;
    private final VideoStream video;
    private final VideoFeed feed;
    private final OwnHostNames hostNames;
    private final StreamServer transport;
    private final Optional<TlsCertificates> tls;
    private final Optional<TokenFile> tokenFile;

    /**
     * Assembles without starting anything.
     *
     * @param region    the frames' file, which need not exist
     * @param backplane taken over: started and closed with this
     */
    Server(Settings settings, Path region, Backplane backplane, BuildInfo build) {
        this.settings = settings;
        this.backplane = backplane;
        tls = settings.tls().map(TlsCertificates::new);
        telemetry = new TelemetryFeed(settings.telemetryCacheSubjects(), settings.telemetryCacheExclude());
        KeyframeRequests keyframeRequests = new KeyframeRequests(backplane);
        video = new VideoStream(settings, region, keyframeRequests);
        MetricsRegistry metrics = new MetricsRegistry(build.version(), List.of(
                video.readerMetrics(),
                new FanoutMetrics(video.broadcaster()::statistics, keyframeRequests::corrected),
                new TransportMetrics(this::transportStatistics),
                new NatsMetrics(telemetry.counters(), backplane::natsStatistics, backplane::natsDenials)));
        feed = VideoFeed.of(video.broadcaster(), telemetry.broadcaster(),
                new ViewerLog(LoggerFactory.getLogger(ViewerLog.class), System::nanoTime));
        hostNames = new OwnHostNames(settings.listenAddress().getHostString());
        StreamServerBuilder builder = StreamServer.builder()
                .listenAddress(settings.listenAddress())
                .ioThreads(settings.ioThreads())
                .maxClients(settings.maxClients())
                .maxClientsPerAddress(settings.maxClientsPerAddress())
                .trustedProxies(settings.trustedProxies().orElseGet(TrustedProxies::none))
                .socketSendBufferBytes(settings.socketSendBufferBytes())
                .allowedOrigins(settings.allowedOrigins().policy())
                .allowedHosts(settings.allowedHosts().withOwnNames(hostNames))
                .authToken(settings.authToken().map(Secret::reveal))
                .stallTimeout(settings.stallTimeout())
                .refusalAdvice(ViewerLog::decidedBy)
                .feed("/stream/ws", feed);
        tls.ifPresent(certificates -> builder.tls(certificates.context()));
        WebRoutes.of(this::health, this::ready, metrics).forEach(builder::route);
        transport = builder.build();
        tokenFile = settings.authToken().flatMap(token -> token.file()
                .map(file -> new TokenFile(file, token, transport::changeAuthToken)));
    }

    /**
     * Starts serving.
     *
     * @return the address that is listened on
     * @throws io.sdros.transport.undertow.ListenFailedException if the address cannot be bound; nothing runs then
     */
    InetSocketAddress start() {
        // First, because it is what can fail.
        InetSocketAddress address = transport.start();
        hostNames.askDns();
        tls.ifPresent(TlsCertificates::start);
        tokenFile.ifPresent(TokenFile::start);
        backplane.start(telemetry);
        video.start();
        return address;
    }

    private HealthReport health() {
        StreamCondition condition = video.condition();
        long uptimeSeconds = Duration.ofNanos(System.nanoTime() - startNanos).toSeconds();
        HistogramSnapshot sizes = video.frameSizes().snapshot();
        return new HealthReport(transport.statistics().clients(), condition.sequence(),
                condition.lastFrameAgeMillis(), uptimeSeconds, backplane.natsState(), backplane.natsDenials(),
                sizes.observations(), video.broadcaster().statistics().lagEvents(), Math.round(sizes.mean()));
    }

    private ReadyReport ready() {
        return ReadyReport.of(video.condition(), settings.readyMaxAge(), backplane.natsState(), transport.stopping());
    }

    private TransportStatistics transportStatistics() {
        return transport.statistics();
    }

    /** Stops accepting, closes every client with 1001 after the message it is being sent, and ends all threads. */
    @Override
    public void close() {
        // First, so that viewers neither come nor wait while NATS, which may take a second, is let go of.
        transport.close();
        video.close();
        backplane.close();
        tls.ifPresent(TlsCertificates::close);
        tokenFile.ifPresent(TokenFile::close);
    }
}

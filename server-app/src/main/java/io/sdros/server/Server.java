package io.sdros.server;

import io.sdros.relay.nats.EdgeSource;
import io.sdros.server.bus.BusUpstream;
import io.sdros.server.bus.MessageBus;
import io.sdros.server.bus.TelemetryPublisher;
import io.sdros.server.bus.Upstream;
import io.sdros.server.http.ClientsReport;
import io.sdros.server.http.HealthReport;
import io.sdros.server.http.OwnHostNames;
import io.sdros.server.http.PageStreams;
import io.sdros.server.http.ReadyReport;
import io.sdros.server.http.Reports;
import io.sdros.server.http.StateReport;
import io.sdros.server.http.StreamHealth;
import io.sdros.server.http.StreamsReady;
import io.sdros.server.http.StreamsReport;
import io.sdros.server.http.WebRoutes;
import io.sdros.server.metrics.MetricSource;
import io.sdros.server.metrics.MetricsRegistry;
import io.sdros.server.metrics.NatsMetrics;
import io.sdros.server.metrics.TransportMetrics;
import io.sdros.server.settings.Secret;
import io.sdros.server.settings.Settings;
import io.sdros.server.settings.StreamSettings;
import io.sdros.server.settings.TokenFile;
import io.sdros.server.stream.FrameSource;
import io.sdros.server.stream.RelayedSource;
import io.sdros.server.stream.ShmFrames;
import io.sdros.server.stream.StreamCondition;
import io.sdros.server.stream.StreamLogger;
import io.sdros.server.stream.Streams;
import io.sdros.server.stream.VideoStream;
import io.sdros.server.stream.ViewerLog;
import io.sdros.server.tls.TlsCertificates;
import io.sdros.transport.undertow.FeedsOnDemand;
import io.sdros.transport.undertow.StreamServer;
import io.sdros.transport.undertow.StreamServerBuilder;
import io.sdros.transport.undertow.TransportStatistics;
import io.sdros.transport.undertow.TrustedProxies;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a process is made of: streams, telemetry for their viewers, and the transport that serves both. */
final class Server implements AutoCloseable {
    /** Where no stream is named. */
    private static final String ANY = "*";

    private final long startNanos = System.nanoTime();
    private final MessageBus bus;
    private final TelemetryPublisher telemetry;
    private final Streams streams;
    private final Optional<RelayedStreams> relayed;
    private final String version;
    private final Optional<PublishedStreams> published;
    private final Answers reports;
    private final Optional<TlsCertificates> tls;
    private final OwnHostNames hostNames;
    private final StreamServer transport;
    private final Optional<TokenFile> tokenFile;
    private final StateAnnouncer state;
    private final Map<VideoStream, StateReport> announced = new HashMap<>();

    /**
     * Assembles without starting anything.
     *
     * @param bus taken over: started and closed with this
     */
    Server(Settings settings, MessageBus bus, BuildInfo build) {
        this.bus = bus;
        telemetry = new TelemetryPublisher(settings.telemetryCacheSubjects(), settings.telemetryCacheExclude());
        version = build.version();
        relayed = RelayedStreams.of(settings, this::newcomer, this::remove);
        streams = new Streams(settings.streams().stream().map(this::stream).toList());
        published = PublishedStreams.of(settings);
        published.ifPresent(all -> settings.streams().forEach(each -> streams.named(each.name())
                .ifPresent(stream -> all.add(stream, each))));
        tls = settings.tls().map(TlsCertificates::new);
        hostNames = new OwnHostNames(settings.listenAddress().getHostString());
        reports = new Answers(settings.authToken().isPresent());
        transport = transport(settings, new MetricsRegistry(build.version(), metricSources()));
        tokenFile = settings.authToken().flatMap(token -> token.file()
                .map(file -> new TokenFile(file, token, transport::changeAuthToken)));
        state = new StateAnnouncer(this::announceState, this::tellOthers, this::audience, System::nanoTime);
    }

    private VideoStream stream(StreamSettings settings) {
        Logger log = logger(VideoStream.class, settings);
        if (settings.relayed() && relayed.isPresent()) {
            RelayedSource source = relayed.get().source(settings, () -> viewers(settings.name()), log);
            return stream(settings, source, source, log);
        }
        return stream(settings, ShmFrames.of(settings, log), new BusUpstream(settings.name(), settings.named(), bus), log);
    }

    private VideoStream stream(StreamSettings settings, FrameSource.Factory source, Upstream upstream, Logger log) {
        return new VideoStream(settings, source, upstream, telemetry.broadcaster(settings.telemetrySubjects()),
                new Arrivals(() -> state.viewerComes(), new ViewerLog(logger(ViewerLog.class, settings), System::nanoTime)), log);
    }

    /** Of a stream that is not served unless somebody asks for it; empty if nobody has said that there is one. */
    private Optional<String> titleOfHeard(String stream) {
        return relayed.flatMap(others -> others.titleOf(stream));
    }

    private int viewers(String name) {
        return streams.named(name).map(VideoStream::viewers).orElse(0);
    }

    /** A stream that somebody has asked for. On an I/O thread. */
    private VideoStream newcomer(StreamSettings settings) {
        VideoStream stream = stream(settings);
        stream.feed().announce(stateOf(stream, streams.titles()).json()); // the first message of whoever comes
        transport.addFeed(Streams.path(stream.name()), stream.feed());
        streams.add(stream);
        stream.start();
        return stream;
    }

    private void remove(VideoStream stream) {
        transport.removeFeed(stream.feed());
        streams.remove(stream);
    }

    private final class StreamsOfOthers implements FeedsOnDemand {

        @Override
        public boolean known(String path) {
            return relayed.map(others -> others.knows(path)).orElse(false);
        }

        @Override
        public void wanted(String path) {
            // Closing takes the server's lock for as long as viewers take to leave, and wants its I/O threads meanwhile.
            if (!transport.stopping()) {
                relayed.ifPresent(others -> others.wanted(path));
            }
        }
    }

    private static Logger logger(Class<?> type, StreamSettings settings) {
        Logger plain = LoggerFactory.getLogger(type);
        return settings.named() ? StreamLogger.of(settings.name(), plain) : plain;
    }

    private List<MetricSource> metricSources() {
        List<MetricSource> sources = new ArrayList<>(List.of(streams.metrics()));
        sources.add(new TransportMetrics(this::transportStatistics));
        sources.add(new NatsMetrics(telemetry.counters(), bus::natsStatistics, bus::natsDenials));
        return sources;
    }

    private StreamServer transport(Settings settings, MetricsRegistry metrics) {
        StreamServerBuilder builder = StreamServer.builder()
                .listenAddress(settings.listenAddress())
                .ioThreads(settings.ioThreads())
                .maxClients(settings.maxClients())
                .maxClientsPerAddress(settings.maxClientsPerAddress())
                .trustedProxies(settings.trustedProxies().orElseGet(TrustedProxies::none))
                .socketSendBufferBytes(settings.socketSendBufferBytes())
                .allowedOrigins(settings.allowedOrigins())
                .allowedHosts(settings.allowedHosts().withOwnNames(hostNames))
                .authToken(settings.authToken().map(Secret::reveal))
                .stallTimeout(settings.stallTimeout())
                .sendWindow(settings.window())
                .feedsOnDemand(new StreamsOfOthers())
                .refusalAdvice(ViewerLog::decidedBy);
        tls.ifPresent(certificates -> builder.tls(certificates.context()));
        streams.feeds().forEach(builder::feed);
        PageStreams pages = new PageStreams(streams.titles(), this::titleOfHeard);
        WebRoutes.of(reports, pages, settings.embedAncestors().sources(), metrics).forEach(builder::route);
        return builder.build();
    }

    /**
     * Starts serving.
     *
     * @return the address that is listened on
     * @throws io.sdros.transport.undertow.ListenFailedException if the address cannot be bound; nothing runs then
     */
    InetSocketAddress start() {
        state.look(); // the first message of whoever comes
        // Before anything runs, because it is what can fail.
        InetSocketAddress address = transport.start();
        state.start();
        hostNames.askDns();
        tls.ifPresent(TlsCertificates::start);
        tokenFile.ifPresent(TokenFile::start);
        bus.start(telemetry);
        relayed.ifPresent(RelayedStreams::start);
        streams.start();
        published.ifPresent(PublishedStreams::start);
        return address;
    }

    /** For the routes. */
    private final class Answers implements Reports {

        private final boolean tokenNeeded;

        Answers(boolean tokenNeeded) {
            this.tokenNeeded = tokenNeeded;
        }

        @Override
        public HealthReport health() {
            return new HealthReport(transport.statistics().clients(), Duration.ofNanos(System.nanoTime() - startNanos), bus.natsState(),
                    bus.natsDenials(), relayed.map(RelayedStreams::state), streams.all().stream().map(StreamHealth::of).toList());
        }

        @Override
        public StreamsReady ready() {
            List<VideoStream> configured = streams.configured();
            return new StreamsReady(configured.isEmpty() ? List.of(readyOf(ANY, unheardOf()))
                    : configured.stream().map(this::readyOf).toList());
        }

        @Override
        public Optional<StreamsReady> ready(String stream) {
            return streams.named(stream).map(this::readyOf)
                    .or(() -> relayed.flatMap(others -> others.heard(stream).map(heard -> readyOf(stream, others.condition(heard)))))
                    .map(one -> new StreamsReady(List.of(one)));
        }

        private StreamCondition.Relayed unheardOf() {
            return new StreamCondition.Relayed(relayed.map(RelayedStreams::connected).orElse(false), false, EdgeSource.State.SILENT, 0);
        }

        private StreamsReady.Entry readyOf(String name, StreamCondition.Relayed condition) {
            return new StreamsReady.Entry(name, ReadyReport.of(StreamCondition.of(condition), Duration.ZERO, bus.natsState(),
                    transport.stopping()));
        }

        private StreamsReady.Entry readyOf(VideoStream stream) {
            return new StreamsReady.Entry(stream.name(), ReadyReport.of(stream.condition(), stream.readyMaxAge(), bus.natsState(),
                    transport.stopping()));
        }

        @Override
        public StreamsReport streams() {
            List<VideoStream> served = streams.all();
            return StreamsReport.of(served, relayed.map(others -> others.heard().stream()
                    .filter(heard -> streams.named(heard.name()).isEmpty())
                    .map(heard -> StreamsReport.Entry.of(heard, others.condition(heard))).toList()).orElse(List.of()));
        }

        @Override
        public Optional<ClientsReport> clients(Optional<String> name) {
            Optional<List<VideoStream>> asked = name.map(one -> streams.named(one).map(List::of)
                    .or(() -> titleOfHeard(one).map(title -> List.of()))).orElse(Optional.of(streams.all()));
            // Without a token anybody may ask, and whose eyes are elsewhere is nobody's business.
            return asked.map(those -> ClientsReport.of(those, tokenNeeded));
        }
    }

    private StateAnnouncer.Audience audience() {
        boolean others = relayed.isPresent();
        for (VideoStream stream : streams.all()) {
            if (stream.feed().announces()) {
                return StateAnnouncer.Audience.VIEWERS;
            }
            others |= stream.advisesRate();
        }
        return others ? StateAnnouncer.Audience.OTHERS : StateAnnouncer.Audience.NOBODY;
    }

    private void tellOthers() {
        streams.adviseRates();
        relayed.ifPresent(RelayedStreams::sweep);
    }

    /** By one thread at a time, as the announcer sees to. */
    private void announceState() {
        Map<String, String> titles = streams.titles();
        List<VideoStream> all = streams.all();
        if (announced.size() > all.size()) {
            announced.keySet().retainAll(all);
        }
        for (VideoStream stream : all) {
            StateReport now = stateOf(stream, titles);
            if (!now.equals(announced.get(stream))) {
                stream.feed().announce(now.json());
                announced.put(stream, now);
            }
        }
    }

    private StateReport stateOf(VideoStream stream, Map<String, String> titles) {
        return StateReport.of(version, stream.name(), stream.condition(), stream.readyMaxAge(), bus.natsState(), titles);
    }

    private TransportStatistics transportStatistics() {
        return transport.statistics();
    }

    /** Stops accepting, closes every client with 1001 after the message it is being sent, and ends all threads. */
    @Override
    public void close() {
        // First, so that viewers neither come nor wait while NATS, which may take a second, is let go of.
        transport.close();
        state.close();
        published.ifPresent(PublishedStreams::close);
        streams.close();
        relayed.ifPresent(RelayedStreams::close);
        bus.close();
        tls.ifPresent(TlsCertificates::close);
        tokenFile.ifPresent(TokenFile::close);
    }
}

package io.sdros.server.settings;

import static io.sdros.server.settings.Numbers.between;
import static io.sdros.server.settings.Numbers.ints;
import static io.sdros.server.settings.Numbers.millis;
import static io.sdros.server.settings.Numbers.zeroOrBetween;

import io.sdros.server.rate.RatePolicy;
import io.sdros.server.text.Parsed;
import io.sdros.transport.undertow.HostPolicy;
import io.sdros.transport.undertow.OriginPolicy;
import io.sdros.transport.undertow.StreamServerBuilder;
import io.sdros.transport.undertow.TrustedProxies;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The table of settings: every variable once. Declaring a field here is all it takes for the help text, the log and the documentation.
 */
final class SettingDefinitions {

    private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();
    static final long LEAST_QUEUE_BYTES = 1 << 20;
    private static final String HOUR_BOUNDS = "More than an hour is a mistaken unit.";

    private final List<Setting<?>> all = new ArrayList<>();

    final Setting<Path> shmPath = add(Setting.of("SDR_SHM_PATH", "/dev/shm/sdr_os_ipc/frames", ReadableFiles.region(),
        "The shared memory file the frames are read from. It need not exist yet."));
    final Setting<Integer> shmSize = add(Setting.of("SDR_SHM_SIZE", "4194304", ints(between(48, Integer.MAX_VALUE, "bytes")),
        "The size that file is expected to have. A smaller one is used all the same, with a warning.")
        .boundsFrom("48 bytes are the region's headers; a Java array has at most 2 GiB."));
    final Setting<Optional<NatsUrl>> natsUrl = add(Setting.of("SDR_NATS_URL", "nats://nats:4222", NatsUrl.type(),
        "The NATS servers telemetry comes from and keyframe requests go to.").maskedBy(NatsUrl::masked));
    final Setting<InetSocketAddress> listenAddr = add(Setting.of("SDR_LISTEN_ADDR", "0.0.0.0:8080",
            ListenAddress.type(HostResolver.system()),
        "Where the server listens. The port it got is logged."));
    final Setting<Integer> broadcastCapacity = add(Setting.of("SDR_BROADCAST_CAPACITY", "64", ints(between(1, 65_536, "frames")),
        "How many frames are queued for a client before it counts as lagging.")
        .boundsFrom("Every client's queue is allocated in full; 65536 frames are 18 minutes of video at 60 frames/s."));
    final Setting<Boolean> crcEnabled = add(Setting.of("SDR_CRC_ENABLED", "true", Choices.trueOrFalse(),
        "Whether each frame's checksum is verified. Switch it off for writers that store 0."));
    final Setting<Duration> idrCoalesce = add(Setting.of("SDR_IDR_COALESCE_MS", "500", positiveMillis(),
        "The least time between two keyframe requests.").boundsFrom("0 would flood the encoder with requests. " + HOUR_BOUNDS));
    final Setting<Duration> idrTimeout = add(Setting.of("SDR_IDR_TIMEOUT_MS", "5000", positiveMillis(),
        "How long a client waits for a keyframe, while frames flow, before it is closed with 4408.")
        .boundsFrom("0 would close every client that joins. " + HOUR_BOUNDS));
    final Setting<List<String>> telemetrySubjects = add(Setting.of("SDR_TELEMETRY_SUBJECTS", "telemetry.>", NatsSubjects.filters(),
        "The NATS subjects whose messages are passed to clients; nothing else is.")
        .boundsFrom("A telemetry message carries a subject of at most 256 bytes."));
    final Setting<Integer> telemetryMaxSize = add(Setting.of("SDR_TELEMETRY_MAX_SIZE", "65536", ints(between(1, 67_108_864, "bytes")),
        "The largest telemetry payload that is passed on; larger ones are dropped and counted.")
        .boundsFrom("A NATS server lets at most 64 MiB wait for a connection unless told otherwise (max_pending)."));
    final Setting<Boolean> keyframeGating = add(Setting.of("SDR_KEYFRAME_GATING", "true", Choices.trueOrFalse(),
        "Whether a client's picture starts, and goes on after a drop, with a keyframe only. Switch it off for encoders with intra refresh, which never send one.")
        .alsoNamed("SDR_SHM_KEYFRAME_GATING"));
    final Setting<ParameterSetsSetting> parameterSets = add(Setting.of("SDR_PARAMETER_SETS", "insert",
        Choices.oneOf(ParameterSetsSetting.class),
        "Whether an H.264 or HEVC keyframe that comes without its parameter sets gets those that came before (insert), or every payload "
            + "is passed on as it is (pass)."));
    final Setting<Boolean> lowDelaySps = add(Setting.of("SDR_LOW_DELAY_SPS", "false", Choices.trueOrFalse(),
        "Whether an H.264 SPS that does not say so is made to say that pictures come in the order in which they are shown, where no "
            + "B picture was seen: decoders then hold none back."));
    final Setting<PollModeSetting> pollMode = add(Setting.of("SDR_POLL_MODE", "cadence", Choices.oneOf(PollModeSetting.class),
        "How the next frame is waited for: cadence learns the frame interval and sleeps in between, adaptive spins and then sleeps."));
    final Setting<Duration> maxLatency = add(Setting.of("SDR_MAX_LATENCY_MS", "500",
        millis(zeroOrBetween(1, HOUR_MILLIS, "milliseconds", "off")),
        "A client whose oldest queued frame is older than this skips forward to the newest keyframe.").boundsFrom(HOUR_BOUNDS));
    final Setting<Long> gopCacheBytes = add(Setting.of("SDR_GOP_CACHE_BYTES", "8388608",
        zeroOrBetween(1, Integer.MAX_VALUE, "bytes", "off"),
        "How much is kept of the frames since the last keyframe, for a joining client to start with at once; of each stream. "
            + "Unset, several streams together keep at most a quarter of the heap.")
        .boundsFrom("2 GiB is far more than a client could be sent on joining."));
    final Setting<Long> queueBytes = add(Setting.of("SDR_QUEUE_BYTES",
        Long.toString(Math.max(LEAST_QUEUE_BYTES, Runtime.getRuntime().maxMemory() / 4)),
        between(LEAST_QUEUE_BYTES, 1L << 40, "bytes"),
        "How much the queues and unfinished writes of all clients together may hold. Frames are shared: each counts once. "
            + "Of several streams each has an equal part.")
        .defaultLabelled("a quarter of the heap")
        .boundsFrom("Less than 1 MiB holds no picture of a camera; 1 TiB is more than a heap."));
    final Setting<Integer> socketSendBuffer = add(Setting.of("SDR_SOCKET_SEND_BUFFER", "262144",
        ints(zeroOrBetween(1024, StreamServerBuilder.MAX_SOCKET_SEND_BUFFER_BYTES, "bytes", "the kernel's choice")),
        "The send buffer of each client's socket. The kernel silently limits it to net.core.wmem_max.")
        .boundsFrom("16 MiB per client hold seconds of video, which nobody is to lag behind; below 1 KiB is a mistaken unit."));
    final Setting<Duration> stallTimeout = add(Setting.of("SDR_STALL_TIMEOUT_MS", "10000", positiveMillis(),
        "How long a write may wait without a byte of progress before the client is disconnected.")
        .boundsFrom("0 would disconnect every client whose buffer is full once. " + HOUR_BOUNDS));
    final Setting<Duration> window = add(Setting.of("SDR_WINDOW_MS", "250", millis(between(1, 10_000, "milliseconds")),
        "For how long frames may be on their way to a client that speaks sdr.2 and says that they take longer than they did, before no "
            + "more are begun.")
        .boundsFrom("0 would let no frame begin while one is on its way; what took 10 s is of no use to anyone."));
    final Setting<Integer> maxClients = add(Setting.of("SDR_MAX_CLIENTS", "1024", ints(zeroOrBetween(1, 1_048_576, "clients", "no limit")),
        "How many clients may be connected at a time; one more gets 503.")
        .boundsFrom("1048576 is how many files a Linux process may have open unless fs.nr_open is raised."));
    final Setting<Integer> maxClientsPerAddress = add(Setting.of("SDR_MAX_CLIENTS_PER_ADDRESS", "0",
        ints(zeroOrBetween(1, 1_048_576, "clients", "no limit")),
        "How many clients may be connected from one address at a time (IPv6: from one /64 network); one more gets 503. "
            + "Behind a proxy all clients have the proxy's address unless SDR_TRUSTED_PROXIES names it.")
        .boundsFrom("As for SDR_MAX_CLIENTS."));
    final Setting<Optional<TrustedProxies>> trustedProxies = add(Setting.of("SDR_TRUSTED_PROXIES", "", AccessRules.proxies().orAbsent(),
        "The reverse proxies whose X-Forwarded-For, -Proto, -Host and -Port are believed. Nobody else's are."));
    final Setting<OriginPolicy> allowedOrigins = add(Setting.of("SDR_ALLOWED_ORIGINS", "same-origin", AccessRules.origins(),
        "The web pages that may connect. Requests without an Origin header do not come from a web page and pass."));
    final Setting<HostPolicy> allowedHosts = add(Setting.of("SDR_ALLOWED_HOSTS", "own", AccessRules.hosts(),
        "Host names under which a page over plain http counts as the server's own (same-origin). Own are IP addresses, localhost, the "
            + "machine's names, and names that public DNS cannot have. Pages over https need none."));
    final Setting<FrameAncestors> embedAncestors = add(Setting.of("SDR_EMBED_ANCESTORS", "none", FrameAncestors.type(),
        "The web pages that may show this server's /embed in a frame."));
    final Setting<Optional<Secret>> authToken = add(Setting.of("SDR_AUTH_TOKEN", "", AuthTokens.text().orAbsent(),
        "The token clients must show. Prefer the file: an environment can be read by others.").secret()
        .boundsFrom("It must fit into a request line."));
    final Setting<Optional<Secret>> authTokenFile = add(Setting.of("SDR_AUTH_TOKEN_FILE", "", AuthTokens.file().orAbsent(),
        "A file with that token; blanks and line ends around it are ignored. Not together with SDR_AUTH_TOKEN."));
    final Setting<Optional<Path>> tlsCertFile = add(Setting.of("SDR_TLS_CERT_FILE", "", ReadableFiles.certificates().orAbsent(),
        "The certificate chain, the server's own first. With it and the key the server speaks https and wss only."));
    final Setting<Optional<Path>> tlsKeyFile = add(Setting.of("SDR_TLS_KEY_FILE", "", ReadableFiles.privateKey().orAbsent(),
        "The private key of the first certificate. Only together with SDR_TLS_CERT_FILE."));
    final Setting<List<String>> idrSubjects = add(Setting.of("SDR_IDR_SUBJECT", "control.request_idr", NatsSubjects.literals(),
        "The NATS subjects keyframe requests are published to, each request to all of them. With SDR_STREAMS a request names its stream."));
    final Setting<List<String>> rateSubjects = add(Setting.of("SDR_RATE_SUBJECT", "control.video_rate", NatsSubjects.literals(),
        "The NATS subjects that encoders are told on how much the viewers' connections carry, each advice to all of them."));
    final Setting<RatePolicy> ratePolicy = add(Setting.of("SDR_RATE_POLICY", "control", Choices.oneOf(RatePolicy.class),
        "Whose connection decides what an encoder is told: that of the viewer in control, or without one as percentile; the one below "
            + "which a quarter are (percentile); the slowest; or nobody's, and nothing is told (off)."));
    final Setting<Optional<Path>> natsCredsFile = add(Setting.of("SDR_NATS_CREDS_FILE", "", ReadableFiles.natsCredentials().orAbsent(),
        "The credentials to log in to NATS with."));
    final Setting<Optional<Path>> natsCaFile = add(Setting.of("SDR_NATS_CA_FILE", "", ReadableFiles.certificates().orAbsent(),
        "The authorities that may have signed the certificate of a tls:// NATS server, instead of those Java trusts."));
    final Setting<Integer> telemetryCacheSubjects = add(Setting.of("SDR_TELEMETRY_CACHE_SUBJECTS", "256",
        ints(zeroOrBetween(1, 65_536, "subjects", "off")),
        "For how many subjects the last message is kept, for joining clients.")
        .boundsFrom("At the default message limit 65536 subjects can take 4 GiB."));
    final Setting<List<String>> telemetryCacheExclude = add(Setting.of("SDR_TELEMETRY_CACHE_EXCLUDE", "command.>", NatsSubjects.filters(),
        "The NATS subjects whose last message is not kept for joining clients, such as answers to commands: a client that joins "
            + "later would take an old one for a new one."));
    final Setting<Duration> readyMaxAge = add(Setting.of("SDR_READY_MAX_AGE_MS", "5000", positiveMillis(),
        "The server is ready (/ready) while the last frame is younger than this.").boundsFrom(HOUR_BOUNDS));
    final Setting<Optional<Duration>> idleRead = add(Setting.of("SDR_IDLE_READ_MS", "30000",
        Numbers.minusOneOrUpTo(HOUR_MILLIS, "milliseconds", "always"),
        "How long reading goes on after the last viewer left, so that one who comes back finds a picture to start with. "
            + "Then, and until the first viewer, the region is only looked at.").boundsFrom(HOUR_BOUNDS));
    final Setting<Optional<List<StreamEntry>>> streams = add(Setting.of("SDR_STREAMS", "",
        new StreamList(shmPath.type(), shmSize.type(), idrSubjects.type(), telemetrySubjects.type(), keyframeGating.type()).type()
            .orAbsent(),
        "The streams that are served, if there are several or one is to have a name, instead of the one from SDR_SHM_PATH. An option takes "
            + "the place of a setting for its stream: size of SDR_SHM_SIZE, idr of SDR_IDR_SUBJECT, telemetry of SDR_TELEMETRY_SUBJECTS, "
            + "rate of SDR_RATE_SUBJECT, gating of SDR_KEYFRAME_GATING. nats: is the stream of the same name on another machine, *=nats: "
            + "any that is asked for."));
    final Setting<Optional<NatsUrl>> relayNatsUrl = add(Setting.of("SDR_RELAY_NATS_URL", "",
        new ValueType<>(NatsUrl.type().accepted(),
            text -> text.isEmpty() ? Parsed.of(Optional.<NatsUrl>empty()) : NatsUrl.type().parse(text)),
        "The NATS servers that carry frames between machines.").maskedBy(NatsUrl::masked).defaultLabelled("SDR_NATS_URL"));
    final Setting<Optional<Path>> relayNatsCredsFile = add(Setting.of("SDR_RELAY_NATS_CREDS_FILE", "",
        ReadableFiles.natsCredentials().orAbsent(),
        "The credentials to log in to them with.").defaultLabelled("SDR_NATS_CREDS_FILE"));
    final Setting<Optional<Path>> relayNatsCaFile = add(Setting.of("SDR_RELAY_NATS_CA_FILE", "", ReadableFiles.certificates().orAbsent(),
        "The authorities that may have signed their certificates.").defaultLabelled("SDR_NATS_CA_FILE"));
    final Setting<String> relayPrefix = add(Setting.of("SDR_RELAY_PREFIX", "sdr.v1", NatsSubjects.prefix(),
        "What the subjects of frames between machines begin with; the same on all of them."));
    final Setting<Duration> relayLinger = add(Setting.of("SDR_RELAY_LINGER_MS", "10000",
        millis(between(0, HOUR_MILLIS, "milliseconds")),
        "How long a stream from another machine is still taken after its last viewer left, so that one who comes back finds a picture "
            + "to start with.").boundsFrom(HOUR_BOUNDS));
    final Setting<Duration> relayMaxLag = add(Setting.of("SDR_RELAY_MAX_LAG_MS", "300",
        millis(zeroOrBetween(1, HOUR_MILLIS, "milliseconds", "off")),
        "Of a stream from another machine whose frames take so much longer than at best, only keyframes are taken until they come in "
            + "time again.").boundsFrom(HOUR_BOUNDS));
    final Setting<Integer> relayMaxStreams = add(Setting.of("SDR_RELAY_MAX_STREAMS", "32", ints(between(1, 1024, "streams")),
        "How many streams at a time *=nats: takes that are not named in SDR_STREAMS; whoever asks for one more gets 404.")
        .boundsFrom("Each has a thread and its part of SDR_QUEUE_BYTES."));
    final Setting<Optional<List<String>>> relayPublish = add(Setting.of("SDR_RELAY_PUBLISH", "", PublishedNames.type().orAbsent(),
        "The streams of this machine that servers on other machines may take: *=nats: or NAME=nats: there."));
    final Setting<Integer> relayPriority = add(Setting.of("SDR_RELAY_PRIORITY", "0", ints(between(-1000, 1000, "steps")),
        "Of two servers that publish a stream of one name the one with the higher priority is taken, else the one started earlier."));
    final Setting<Duration> relayWindow = add(Setting.of("SDR_RELAY_WINDOW_MS", "250", positiveMillis(),
        "No frame is published while one that is on its way to another machine is older than this.").boundsFrom(HOUR_BOUNDS));
    final Setting<Integer> relayChunkBytes = add(Setting.of("SDR_RELAY_CHUNK_BYTES", "131072", ints(between(4096, 67_108_864, "bytes")),
        "The longest message in which a part of a frame is published; the server's max_payload if that is less.")
        .boundsFrom("A frame goes in 65535 messages at most; a NATS server takes at most 64 MiB."));
    final Setting<Integer> ioThreads = add(Setting.of("SDR_IO_THREADS", Integer.toString(Runtime.getRuntime().availableProcessors()),
        ints(between(1, 1024, "threads")), "How many threads serve the connections.")
        .defaultLabelled("number of processors")
        .boundsFrom("More threads than processors gain nothing; 1024 is above any machine this was made for."));
    final Setting<LogLevel> logLevel = add(Setting.of("SDR_LOG_LEVEL", "info", Choices.oneOf(LogLevel.class),
        "The least important messages that are logged; off for none."));

    /** In the order they are listed everywhere. */
    List<Setting<?>> all() {
        return List.copyOf(all);
    }

    private static ValueType<Duration> positiveMillis() {
        return millis(between(1, HOUR_MILLIS, "milliseconds"));
    }

    private <T> Setting<T> add(Setting<T> setting) {
        all.add(setting);
        return setting;
    }
}

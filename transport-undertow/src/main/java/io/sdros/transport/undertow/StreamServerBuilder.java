package io.sdros.transport.undertow;

import io.sdros.transport.undertow.access.TokenCheck;
import io.sdros.transport.undertow.http.HttpLimits;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;

/** Settings of a {@link StreamServer}. One thread; wrong values are refused at once. */
public final class StreamServerBuilder {

    /** The largest send buffer that may be asked for; the kernel counts it once per client. */
    public static final int MAX_SOCKET_SEND_BUFFER_BYTES = 16 * 1024 * 1024;

    private static final int DEFAULT_INLINE_CLIENTS = 32;
    private static final Duration CLOSE_REPLY_TIMEOUT = Duration.ofSeconds(2);

    private InetSocketAddress listenAddress = new InetSocketAddress(8080);
    private int ioThreads = Runtime.getRuntime().availableProcessors();
    private int maxClients = 1024;
    private int maxClientsPerAddress;
    private int maxHttpConnections = 1024;
    private int maxHttpConnectionsPerAddress = 256;
    private int inlineClients = DEFAULT_INLINE_CLIENTS;
    private int socketSendBufferBytes = 256 * 1024;
    private Optional<SSLContext> tls = Optional.empty();
    private OriginPolicy allowedOrigins = OriginPolicy.sameOrigin();
    private HostPolicy allowedHosts = HostPolicy.own();
    private Optional<String> authToken = Optional.empty();
    private TrustedProxies trustedProxies = TrustedProxies.none();
    private Duration stallTimeout = Duration.ofSeconds(10);
    private Duration sendWindow = Duration.ofMillis(250);
    private Duration pingInterval = Duration.ofSeconds(15);
    private Duration idleTimeout = Duration.ofSeconds(30);
    private Duration shutdownTimeout = Duration.ofMillis(2500);
    private Duration tickInterval = Duration.ofMillis(200);
    private HttpLimits httpLimits =
            new HttpLimits(Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(30));
    private LongSupplier nanoClock = System::nanoTime;
    private Function<RefusalReason, String> refusalAdvice = reason -> "";
    private final Map<String, HttpRoute> routes = new HashMap<>();
    private final Map<String, VideoFeed> feeds = new HashMap<>();
    private FeedsOnDemand feedsOnDemand = FeedsOnDemand.NONE;

    StreamServerBuilder() {
    }

    /** IPv4 or IPv6; port 0 takes any free one. Default: all addresses, port 8080. */
    public StreamServerBuilder listenAddress(InetSocketAddress address) {
        listenAddress = Objects.requireNonNull(address);
        return this;
    }

    /** Threads that serve clients, at least 1. Default: one per core. */
    public StreamServerBuilder ioThreads(int threads) {
        ioThreads = atLeast(1, threads, "I/O threads");
        return this;
    }

    /** 0: no limit. Default: 1024. */
    public StreamServerBuilder maxClients(int clients) {
        maxClients = atLeast(0, clients, "client limit");
        return this;
    }

    /** 0: no limit. IPv6 addresses count by their network of 64 bits. Default: 0. */
    public StreamServerBuilder maxClientsPerAddress(int clients) {
        maxClientsPerAddress = atLeast(0, clients, "client limit per address");
        return this;
    }

    /**
     * How many connections there may be that are no viewers, not yet or never, altogether and from one address (IPv6:
     * from one network of 64 bits; trusted proxies are exempt from this one). A newcomer is let in all the same, and
     * another of them is ended. Fewer than that, if the process may not have so many files open. Default: 1024, 256.
     */
    public StreamServerBuilder maxHttpConnections(int altogether, int perAddress) {
        maxHttpConnections = atLeast(1, altogether, "limit of connections that are no viewers");
        maxHttpConnectionsPerAddress = atLeast(1, perAddress, "limit per address of connections that are no viewers");
        return this;
    }

    /** Up to how many clients of a feed its publishing thread writes to by itself. Default: 32. */
    public StreamServerBuilder inlineClients(int clients) {
        inlineClients = atLeast(0, clients, "inline clients");
        return this;
    }

    /** SO_SNDBUF of accepted sockets; 0: the kernel's choice. Default: 256 KiB. */
    public StreamServerBuilder socketSendBufferBytes(int bytes) {
        atLeast(0, bytes, "send buffer");
        if (bytes > MAX_SOCKET_SEND_BUFFER_BYTES) {
            throw new IllegalArgumentException(
                    "send buffer: at most " + MAX_SOCKET_SEND_BUFFER_BYTES + " bytes, not " + bytes);
        }
        socketSendBufferBytes = bytes;
        return this;
    }

    /**
     * Serves https and wss instead of http and ws, with TLS 1.3 or 1.2. What the context's key manager answers decides
     * which certificate a connection gets, so a key manager may change its mind while the server runs. Default: none.
     */
    public StreamServerBuilder tls(SSLContext context) {
        tls = Optional.of(context);
        return this;
    }

    /** Default: {@link OriginPolicy#sameOrigin()}. */
    public StreamServerBuilder allowedOrigins(OriginPolicy policy) {
        allowedOrigins = Objects.requireNonNull(policy);
        return this;
    }

    /** Where {@link OriginPolicy#sameOrigin()} looks besides. Default: {@link HostPolicy#own()}. */
    public StreamServerBuilder allowedHosts(HostPolicy policy) {
        allowedHosts = Objects.requireNonNull(policy);
        return this;
    }

    /**
     * Whose X-Forwarded-For, -Proto, -Host and -Port are believed, for the comparison of origins, the limit per address and
     * the log. Default: nobody's.
     */
    public StreamServerBuilder trustedProxies(TrustedProxies proxies) {
        trustedProxies = Objects.requireNonNull(proxies);
        return this;
    }

    /** Empty: none is needed. Default: none. */
    public StreamServerBuilder authToken(Optional<String> token) {
        authToken = Objects.requireNonNull(token);
        return this;
    }

    /** How long a pending write may make no progress before the client is cut. Default: 10 s. */
    public StreamServerBuilder stallTimeout(Duration timeout) {
        stallTimeout = positive(timeout, "stall timeout");
        return this;
    }

    /**
     * For how long frames may be on their way to a viewer that speaks sdr.2 and says that they take longer than they did,
     * before no more are begun. Default: 250 ms.
     */
    public StreamServerBuilder sendWindow(Duration window) {
        sendWindow = positive(window, "send window");
        return this;
    }

    /** Default: 15 s. */
    public StreamServerBuilder pingInterval(Duration interval) {
        pingInterval = positive(interval, "ping interval");
        return this;
    }

    /** How long a client may send nothing, not even an answer to a ping. Default: 30 s. */
    public StreamServerBuilder idleTimeout(Duration timeout) {
        idleTimeout = positive(timeout, "idle timeout");
        return this;
    }

    /** How long {@link StreamServer#close} waits for clients before it cuts them. Default: 2.5 s. */
    public StreamServerBuilder shutdownTimeout(Duration timeout) {
        shutdownTimeout = positive(timeout, "shutdown timeout");
        return this;
    }

    /**
     * How long a plain HTTP client may take to send a request's head, to come with the next request, and to fetch an
     * answer. Default: 10 s, 60 s, 30 s.
     */
    public StreamServerBuilder httpTimeouts(Duration request, Duration keepAlive, Duration exchange) {
        httpLimits = new HttpLimits(positive(request, "request timeout"), positive(keepAlive, "keep-alive timeout"),
                positive(exchange, "exchange timeout"));
        return this;
    }

    /**
     * Serves a feed over WebSocket under this path; one given later replaces one given earlier for the same path. There may
     * be any number, also none, and more while the server runs ({@link StreamServer#addFeed}).
     */
    public StreamServerBuilder feed(String path, VideoFeed feed) {
        feeds.put(absolute(path), Objects.requireNonNull(feed));
        return this;
    }

    /** Asked about each path that is asked for and that there is nothing under, before the answer. Default: there are none. */
    public StreamServerBuilder feedsOnDemand(FeedsOnDemand feeds) {
        feedsOnDemand = Objects.requireNonNull(feeds);
        return this;
    }

    /** Answers this path; a route given later replaces one given earlier for the same path. */
    public StreamServerBuilder route(String path, HttpRoute route) {
        routes.put(absolute(path), Objects.requireNonNull(route));
        return this;
    }

    /** What the log line of a refusal ends with: what decides, and where that is set. Default: nothing. */
    public StreamServerBuilder refusalAdvice(Function<RefusalReason, String> advice) {
        refusalAdvice = Objects.requireNonNull(advice);
        return this;
    }

    /** All durations but the HTTP ones are measured with this clock. Default: {@link System#nanoTime()}. */
    public StreamServerBuilder nanoClock(LongSupplier clock) {
        nanoClock = Objects.requireNonNull(clock);
        return this;
    }

    /** How often the timers look at the clock; for tests. */
    StreamServerBuilder tickInterval(Duration interval) {
        tickInterval = positive(interval, "tick interval");
        return this;
    }

    /** A server with these settings, not started yet. */
    public StreamServer build() {
        return new StreamServer(new StreamServerConfig(listenAddress, ioThreads, maxClients, maxClientsPerAddress,
                maxHttpConnections, maxHttpConnectionsPerAddress, inlineClients,
                socketSendBufferBytes, tls,
                new AccessPolicy(allowedOrigins, allowedHosts, authToken.map(TokenCheck::new)), trustedProxies,
                ConnectionTimeouts.of(pingInterval, idleTimeout, stallTimeout, CLOSE_REPLY_TIMEOUT),
                sendWindow,
                httpLimits, shutdownTimeout, tickInterval, routes, feeds, feedsOnDemand,
                refusalAdvice, nanoClock));
    }

    private static int atLeast(int min, int value, String name) {
        if (value < min) {
            throw new IllegalArgumentException(name + ": at least " + min + ", not " + value);
        }
        return value;
    }

    private static Duration positive(Duration duration, String name) {
        if (duration.isZero() || duration.isNegative()) {
            throw new IllegalArgumentException(name + ": a positive duration, not " + duration);
        }
        return duration;
    }

    static String absolute(String path) {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("A path starts with a slash: " + path);
        }
        return path;
    }
}

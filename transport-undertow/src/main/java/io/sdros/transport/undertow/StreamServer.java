package io.sdros.transport.undertow;

import io.sdros.transport.undertow.access.TokenCheck;
import io.sdros.transport.undertow.http.Capacity;
import io.sdros.transport.undertow.http.ConnectionAcceptor;
import io.sdros.transport.undertow.http.HttpConnections;
import io.sdros.transport.undertow.http.HttpListener;
import io.sdros.transport.undertow.http.OpenFiles;
import io.sdros.transport.undertow.http.Replies;
import io.sdros.transport.undertow.http.RootHandler;
import io.sdros.transport.undertow.http.Sockets;
import io.sdros.transport.undertow.http.StrangerLog;
import io.sdros.transport.undertow.http.WorkBudget;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;

/**
 * Serves HTTP routes and any number of feeds over WebSocket, all on one port and the same I/O threads. Limits, token and
 * timeouts are the server's; viewers belong to their feed. Started once, closed once.
 */
public final class StreamServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StreamServer.class);

    private final StreamServerConfig config;
    private final RefusalCounters refusals = new RefusalCounters();
    private final Capacity capacity;
    private final ClientLimit clientLimit;
    private final HttpConnections httpConnections;
    private final StreamEndpoint endpoint;
    private final Map<String, HttpHandler> handlers = new ConcurrentHashMap<>();
    private final FeedLedger feeds = new FeedLedger();

    private HttpListener listener;
    private volatile EventLoop[] loops = {};
    private volatile boolean closing;

    StreamServer(StreamServerConfig config) {
        this.config = config;
        capacity = Capacity.of(config.maxClients(), config.maxHttpConnections(), config.maxHttpConnectionsPerAddress(), OpenFiles.now());
        clientLimit = new ClientLimit(capacity.viewers());
        httpConnections = new HttpConnections(capacity.httpConnections(), capacity.httpConnectionsPerAddress(),
                config.trustedProxies()::trusts,
                new StrangerLog(capacity.httpConnections(), capacity.httpConnectionsPerAddress(), config.nanoClock()));
        endpoint = new StreamEndpoint(config, clientLimit, refusals);
        config.routes().forEach((path, route) -> handlers.put(path, handler(route)));
    }

    private HttpHandler handler(HttpRoute route) {
        HttpHandler handler = new RouteHandler(route);
        return route.guarded() ? endpoint.guard(handler) : handler;
    }

    /** What is asked for by who may not watch costs nothing, and is answered as if it were there. */
    private void nothingThere(HttpServerExchange exchange) throws Exception {
        if (config.feedsOnDemand().known(exchange.getRequestPath())) {
            endpoint.forWhoMayWatch(this::wanted).handleRequest(exchange);
        } else {
            Replies.notFound(exchange);
        }
    }

    private void wanted(HttpServerExchange exchange) throws Exception {
        String path = exchange.getRequestPath();
        config.feedsOnDemand().wanted(path);
        HttpHandler added = handlers.get(path);
        if (added != null) {
            added.handleRequest(exchange);
        } else {
            Replies.notFound(exchange);
        }
    }

    /** A server with default settings, to be given its feeds. */
    public static StreamServerBuilder builder() {
        return new StreamServerBuilder();
    }

    /**
     * Starts the I/O threads and listens.
     *
     * @return the address bound, with the real port if 0 was asked for
     * @throws ListenFailedException if the address cannot be bound; nothing is left running then
     * @throws IllegalStateException if it was started or closed before
     */
    public synchronized InetSocketAddress start() {
        if (listener != null || closing) {
            throw new IllegalStateException("A server is started once");
        }
        listener = new HttpListener(config.ioThreads());
        try {
            XnioIoThread[] threads = listener.ioThreads();
            EventLoop[] started = new EventLoop[threads.length];
            for (int i = 0; i < threads.length; i++) {
                started[i] = new EventLoop(threads[i], config.nanoClock(), config.tickInterval());
            }
            loops = started;
            config.feeds().forEach(this::serve);
            warnOfSmallRoom();
            int closing = capacity.closing() / threads.length;
            WorkBudget[] budgets = Arrays.stream(threads).map(thread -> new WorkBudget(thread, closing)).toArray(WorkBudget[]::new);
            ConnectionAcceptor acceptor = new ConnectionAcceptor(httpConnections, budgets, config.httpLimits().keepAliveTimeout());
            RootHandler root = new RootHandler(handlers, this::nothingThere, config.httpLimits().exchangeTimeout(), acceptor);
            return listener.listen(config.listenAddress(), acceptor, root, config.httpLimits(),
                    config.socketSendBufferBytes(), capacity.connections(), config.tls());
        } catch (IOException | UnresolvedAddressException e) {
            close();
            throw new ListenFailedException(config.listenAddress(), e);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Serves one more feed, or one under one more path, while the server runs. Any thread.
     *
     * @throws IllegalArgumentException if there is something else under that path
     * @throws IllegalStateException    if the server has not been started or has been closed, or the feed is another server's
     *                                  or was removed
     */
    public synchronized void addFeed(String path, VideoFeed feed) {
        if (loops.length == 0 || closing) {
            throw new IllegalStateException("Feeds are added to a server that runs");
        }
        if (handlers.containsKey(StreamServerBuilder.absolute(path))) {
            throw new IllegalArgumentException("There is something under " + path + " already");
        }
        serve(path, feed);
    }

    /**
     * Serves a feed no more, under none of its paths, while the server runs: newcomers get 404, its viewers a close frame (1001,
     * "stream removed") after the message they are being sent, and other feeds' viewers notice nothing. Returns at once; a
     * feed that is not served here is left alone. It is not to be served again: a stream that comes back is a new feed. What
     * was counted of it stays in {@link #statistics}. Any thread.
     */
    public synchronized void removeFeed(VideoFeed feed) {
        if (!feeds.contains(feed)) {
            return;
        }
        // In this order: nobody new is let in after those who are there have been told.
        handlers.values().removeIf(handler -> handler instanceof FeedHandler && ((FeedHandler) handler).feed() == feed);
        feed.end();
    }

    /** Any thread: counters since the start. */
    public TransportStatistics statistics() {
        return TransportStatistics.sum(clientLimit.taken(), refusals.byReason(), httpConnections.count(),
                StrangerCut.counts(httpConnections.cuts()),
                feeds.statistics());
    }

    /**
     * Any thread: whoever comes from now on needs this token; who is connected stays.
     *
     * @throws IllegalStateException if the server was built without a token
     */
    public void changeAuthToken(String token) {
        config.access().changeToken(new TokenCheck(token));
    }

    /** Any thread: whether {@link #close} has been called; whoever is still connected gets no new stream. */
    public boolean stopping() {
        return closing;
    }

    /**
     * Stops accepting, sends every client a close frame (1001) after the message it is being sent, waits a bounded time
     * for the closing handshakes, then cuts what is left and ends all threads. Further calls return once the first is
     * done. Not from an I/O thread or a route.
     */
    @Override
    public synchronized void close() {
        if (closing) {
            return;
        }
        closing = true;
        clientLimit.close();
        if (listener == null) {
            return;
        }
        listener.stopAccepting();
        try {
            closeClients();
            listener.stop();
        } catch (InterruptedException e) {
            listener.stopNow();
            Thread.currentThread().interrupt();
        }
    }

    private void closeClients() throws InterruptedException {
        forEachClient(client -> client.close(CloseRequest.SHUTDOWN));
        if (!clientLimit.awaitEmpty(config.shutdownTimeout().toNanos())) {
            LOG.info("Cutting {} clients that did not close in time", clientLimit.taken());
            forEachClient(client -> client.cut(ClosedReason.SHUTDOWN));
            clientLimit.awaitEmpty(config.shutdownTimeout().toNanos() / 4);
        }
        for (EventLoop loop : loops) {
            loop.stopTimers();
        }
    }

    private void forEachClient(Consumer<ClientConnection> action) {
        for (EventLoop loop : loops) {
            loop.execute(() -> loop.viewers().forEach(action));
        }
    }

    private void warnOfSmallRoom() {
        if (config.maxClients() > capacity.viewers()) {
            LOG.warn("At most {} viewers will be let in, not {} (SDR_MAX_CLIENTS): this process may have {} files open,"
                            + " sockets included (ulimit -n, LimitNOFILE= of systemd, nofile of containers)",
                    capacity.viewers(), config.maxClients(), OpenFiles.now().limit());
        }
    }

    private void serve(String path, VideoFeed feed) {
        if (feed.ended()) {
            throw new IllegalStateException("A feed that was removed is not served again");
        }
        if (!feeds.contains(feed)) {
            feed.serveOn(loops, config.inlineClients());
            feeds.add(feed);
        }
        handlers.put(path, new FeedHandler(feed, endpoint.forPath((channel, request) -> upgraded(channel, request, feed))));
    }

    /** A viewer's is larger than that of other HTTP connections. */
    private void setSendBuffer(StreamConnection channel) {
        if (config.socketSendBufferBytes() > 0) {
            Sockets.setSendBuffer(channel, config.socketSendBufferBytes());
        }
    }

    private void upgraded(StreamConnection channel, ViewerRequest request, VideoFeed feed) {
        if (feed.ended()) {
            IoUtils.safeClose(channel); // it was let in when its feed was about to end
            return;
        }
        setSendBuffer(channel);
        ClientConnection client;
        try {
            client = new ClientConnection(channel, request, feed, feed.group(channel.getIoThread().getNumber()), config);
        } catch (RuntimeException | Error e) {
            IoUtils.safeClose(channel); // and with it the client is counted no more
            throw e;
        }
        client.start();
        if (closing) {
            client.close(CloseRequest.SHUTDOWN); // it may have come after the others were told
        }
    }
}

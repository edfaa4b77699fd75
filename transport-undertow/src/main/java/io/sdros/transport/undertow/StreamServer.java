package io.sdros.transport.undertow;

import io.sdros.transport.undertow.access.TokenCheck;
import io.sdros.transport.undertow.http.Capacity;
import io.sdros.transport.undertow.http.Entrance;
import io.sdros.transport.undertow.http.HttpListener;
import io.sdros.transport.undertow.http.OpenFiles;
import io.sdros.transport.undertow.http.RootHandler;
import io.sdros.transport.undertow.http.StrangerLog;
import io.sdros.transport.undertow.http.Strangers;
import io.sdros.transport.undertow.http.Turn;
import io.undertow.server.HttpHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Serves HTTP routes and one stream of video and telemetry over WebSocket. The two broadcasters are the caller's, which
 * publishes into them. Started once, closed once.
 */
public final class StreamServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StreamServer.class);

    private final StreamServerConfig config;
    private final ServerCounters counters = new ServerCounters();
    private final Capacity capacity;
    private final ClientSeats seats;
    private final Strangers strangers;
    /** The publishing thread's. */
    private final Writer publisher = Writer.ofPublisher();

    private HttpListener listener;
    private volatile IoLane[] lanes = {};
    private volatile boolean closing;

    StreamServer(StreamServerConfig config) {
        this.config = config;
        capacity = Capacity.of(config.maxClients(), config.maxStrangers(), config.maxStrangersPerAddress(), OpenFiles.now());
        seats = new ClientSeats(capacity.viewers());
        strangers = new Strangers(capacity.strangers(), capacity.strangersPerAddress(), config.trustedProxies()::trusts,
                new StrangerLog(capacity.strangers(), capacity.strangersPerAddress(), config.nanoClock()));
    }

    /** A server with default settings, to be given its broadcasters. */
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
            IoLane[] started = new IoLane[threads.length];
            for (int i = 0; i < threads.length; i++) {
                started[i] = new IoLane(threads[i], config.nanoClock(), config.tickInterval(), this::drainInline);
            }
            lanes = started;
            warnOfSmallRoom();
            int closing = capacity.closing() / threads.length;
            Turn[] turns = Arrays.stream(threads).map(thread -> new Turn(thread, closing)).toArray(Turn[]::new);
            Entrance entrance = new Entrance(strangers, turns, config.httpLimits().keepAliveTimeout());
            return listener.listen(config.listenAddress(), entrance, handlers(entrance), config.httpLimits(),
                    config.socketSendBufferBytes(), capacity.connections(), config.tls());
        } catch (IOException | UnresolvedAddressException e) {
            close();
            throw new ListenFailedException(config.listenAddress(), e);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Any thread: counters since the start. */
    public TransportStatistics statistics() {
        List<WriterCounters> writers = new ArrayList<>();
        writers.add(publisher.counters());
        for (IoLane lane : lanes) {
            writers.add(lane.writer().counters());
        }
        return new TransportStatistics(
                seats.taken(),
                counters.clientsTotal(),
                counters.closedByReason(),
                counters.refusedByReason(),
                strangers.count(),
                StrangerCut.counts(strangers.cuts()),
                writers.stream().mapToLong(WriterCounters::videoMessages).sum(),
                writers.stream().mapToLong(WriterCounters::videoBytes).sum(),
                writers.stream().mapToLong(WriterCounters::telemetryMessages).sum(),
                counters.inboundMessages(),
                DelayHistogram.sum(writers));
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
        seats.closeDoor();
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
        if (!seats.awaitEmpty(config.shutdownTimeout().toNanos())) {
            LOG.info("Cutting {} clients that did not close in time", seats.taken());
            forEachClient(client -> client.cut(ClosedReason.SHUTDOWN));
            seats.awaitEmpty(config.shutdownTimeout().toNanos() / 4);
        }
        for (IoLane lane : lanes) {
            lane.stopTimers();
        }
    }

    private void forEachClient(Consumer<ClientConnection> action) {
        for (IoLane lane : lanes) {
            lane.execute(() -> {
                for (ClientConnection client : lane.clients()) {
                    action.accept(client);
                }
            });
        }
    }

    /**
     * The publishing thread, after each publication of video: with few clients it writes to all of them right here,
     * which spares a thread hand-over.
     *
     * @return false if the I/O thread has to do it
     */
    private boolean drainInline(IoLane lane) {
        if (config.feeds().video().subscriberCount() > config.inlineClients()) {
            return false;
        }
        boolean all = true;
        // The broadcaster has put a fence between its offers and this look at the clients: one that is not among them
        // yet will, after it has entered itself, take its turn (a read-modify-write, the partner of that fence) and find
        // the message.
        for (ClientConnection client : lane.clients()) {
            if (client.anyThreadMayWrite()) {
                client.drain(publisher);
            } else {
                all = false;
            }
        }
        return all;
    }

    private void warnOfSmallRoom() {
        if (config.maxClients() > capacity.viewers()) {
            LOG.warn("At most {} viewers will be let in, not {} (SDR_MAX_CLIENTS): this process may have {} files open,"
                            + " sockets included (ulimit -n, LimitNOFILE= of systemd, nofile of containers)",
                    capacity.viewers(), config.maxClients(), OpenFiles.now().limit());
        }
    }

    private HttpHandler handlers(Entrance entrance) {
        Map<String, HttpHandler> handlers = new HashMap<>();
        config.routes().forEach((path, route) -> handlers.put(path, new RouteHandler(route)));
        handlers.put(config.streamPath(), new StreamEndpoint(config, seats, counters, this::upgraded));
        return new RootHandler(handlers, config.httpLimits().exchangeTimeout(), entrance);
    }

    /** What a viewer may have; until now it was a stranger, with less. */
    private void setSendBuffer(StreamConnection channel) {
        if (config.socketSendBufferBytes() > 0) {
            try {
                channel.setOption(Options.SEND_BUFFER, config.socketSendBufferBytes());
            } catch (IOException e) {
                LOG.debug("A viewer was gone before it was one", e); // which the first read shows
            }
        }
    }

    private void upgraded(StreamConnection channel, InetAddress address) {
        setSendBuffer(channel);
        IoLane lane = lanes[channel.getIoThread().getNumber()];
        ClientConnection client;
        try {
            client = new ClientConnection(channel, address, lane, config, counters);
        } catch (RuntimeException | Error e) {
            IoUtils.safeClose(channel); // and with it the seat is free
            throw e;
        }
        client.start();
        if (closing) {
            client.close(CloseRequest.SHUTDOWN); // it may have come after the others were told
        }
    }
}

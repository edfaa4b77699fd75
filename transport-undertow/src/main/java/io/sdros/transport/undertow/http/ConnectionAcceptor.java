package io.sdros.transport.undertow.http;

import io.undertow.protocols.ssl.UndertowXnioSsl;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.ChannelListener;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Sequence;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;
import org.xnio.channels.AcceptingChannel;

/**
 * Takes connections from the listening socket and gives them to the HTTP parser: each is counted, and wrapped in TLS if
 * there is any, on its own I/O thread and within that thread's {@link WorkBudget}.
 */
public final class ConnectionAcceptor {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionAcceptor.class);
    private static final OptionMap TLS = OptionMap.builder()
            .set(Options.SSL_ENABLED_PROTOCOLS, Sequence.of("TLSv1.3", "TLSv1.2"))
            .getMap();

    private final HttpConnections connections;
    private final WorkBudget[] budgets;
    private final Duration helloTimeout;
    private final Map<StreamConnection, HttpConnection> parsed = new ConcurrentHashMap<>();

    /**
     * @param budgets      by the number of their threads
     * @param helloTimeout from the connection to the whole of the TLS hello
     */
    public ConnectionAcceptor(HttpConnections connections, WorkBudget[] budgets, Duration helloTimeout) {
        this.helloTimeout = helloTimeout;
        this.connections = connections;
        this.budgets = budgets;
    }

    /** For the listening socket: what is accepted goes to {@code http}. */
    ChannelListener<AcceptingChannel<StreamConnection>> forwardingTo(ChannelListener<StreamConnection> http,
            Optional<UndertowXnioSsl> tls) {
        return channel -> {
            try {
                for (StreamConnection one = channel.accept(); one != null; one = channel.accept()) {
                    StreamConnection accepted = one;
                    WorkBudget budget = budget(accepted.getIoThread());
                    if (budget.tryTake()) {
                        admit(accepted, http, tls);
                    } else if (!budget.defer(() -> admit(accepted, http, tls), true)) {
                        IoUtils.safeClose(accepted);
                    }
                }
            } catch (IOException e) {
                LOG.debug("A connection could not be accepted", e); // the peer gave up
            }
        };
    }

    WorkBudget budget(XnioIoThread thread) {
        return budgets[thread.getNumber()];
    }

    /** A request has come whole; true if it is the first on its connection. */
    boolean serving(HttpServerExchange exchange) {
        HttpConnection connection = connection(exchange);
        return connection != null && connections.serving(connection);
    }

    /** The answer has gone; or the connection belongs to a viewer from now on. */
    void served(HttpServerExchange exchange) {
        HttpConnection connection = connection(exchange);
        if (connection == null) {
            return;
        }
        if (exchange.isUpgrade()) {
            connections.remove(connection);
        } else {
            connections.idle(connection);
        }
    }

    private HttpConnection connection(HttpServerExchange exchange) {
        return parsed.get(((HttpServerConnection) exchange.getConnection()).getChannel());
    }

    private void admit(StreamConnection accepted, ChannelListener<StreamConnection> http, Optional<UndertowXnioSsl> tls) {
        try {
            Opened opened = register(accepted);
            if (tls.isPresent()) {
                FirstRecord.await(accepted, helloTimeout, hello -> secure(opened, hello, http, tls.get()));
            } else {
                forward(opened, accepted, http);
            }
        } catch (RuntimeException | Error e) {
            // Errors, too: nobody else would ever read from it, so it would stay, and count, for as long as its peer likes.
            IoUtils.safeClose(accepted);
            LOG.debug("A connection could not be let in", e);
        }
    }

    private void secure(Opened opened, ByteBuffer hello, ChannelListener<StreamConnection> http, UndertowXnioSsl tls) {
        StreamConnection accepted = opened.channel;
        connections.serving(opened.connection); // those that have sent less are ended first
        try {
            accepted.getSourceChannel().setConduit(
                    new RenegotiationGuard(accepted.getSourceChannel().getConduit(), hello));
            forward(opened, tls.wrapExistingConnection(accepted, TLS, false), http);
        } catch (RuntimeException | Error e) {
            IoUtils.safeClose(opened.channel); // with TLS's buffers, if they were allocated by then
            IoUtils.safeClose(accepted);
            LOG.debug("A TLS connection could not be let in", e);
        }
    }

    private void forward(Opened opened, StreamConnection channel, ChannelListener<StreamConnection> http) {
        opened.channel = channel;
        parsed.put(channel, opened.connection);
        http.handleEvent(channel);
    }

    private Opened register(StreamConnection accepted) {
        Opened opened = new Opened(accepted);
        opened.connection = connections.add(accepted.getPeerAddress(InetSocketAddress.class).getAddress(),
                abort -> end(opened, abort));
        accepted.setCloseListener(closed -> {
            parsed.remove(opened.channel);
            connections.remove(opened.connection);
        });
        return opened;
    }

    /** A connection between the socket and the parser; on its I/O thread. */
    private static final class Opened {
        private final XnioIoThread thread;
        /** The socket's, and then TLS's on top of it: closing that one closes both, and gives its buffers back. */
        private StreamConnection channel;
        private HttpConnection connection;

        private Opened(StreamConnection accepted) {
            channel = accepted;
            thread = accepted.getIoThread();
        }
    }

    private static void end(Opened opened, boolean abort) {
        // A thread that is ending closes it anyway.
        IoTasks.execute(opened.thread, () -> {
            if (abort) {
                Sockets.abortAtClose(opened.channel);
            }
            IoUtils.safeClose(opened.channel);
        });
    }
}

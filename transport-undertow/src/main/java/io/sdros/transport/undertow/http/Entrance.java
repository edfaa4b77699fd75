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
import java.util.concurrent.RejectedExecutionException;
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
 * The way from the listening socket to the HTTP parser: each connection is entered among the strangers and wrapped in TLS,
 * if there is any, on its own I/O thread and within that thread's {@link WorkBudget}.
 */
public final class Entrance {

    private static final Logger LOG = LoggerFactory.getLogger(Entrance.class);
    private static final OptionMap TLS = OptionMap.builder()
            .set(Options.SSL_ENABLED_PROTOCOLS, Sequence.of("TLSv1.3", "TLSv1.2"))
            .getMap();

    private final Strangers strangers;
    private final WorkBudget[] budgets;
    private final Duration helloTimeout;
    private final Map<StreamConnection, Stranger> inside = new ConcurrentHashMap<>();

    /**
     * @param budgets        by the number of their threads
     * @param helloTimeout from the connection to the whole of the TLS hello
     */
    public Entrance(Strangers strangers, WorkBudget[] budgets, Duration helloTimeout) {
        this.helloTimeout = helloTimeout;
        this.strangers = strangers;
        this.budgets = budgets;
    }

    /** For the listening socket: whoever comes in goes on to {@code http}. */
    ChannelListener<AcceptingChannel<StreamConnection>> leadingTo(ChannelListener<StreamConnection> http,
            Optional<UndertowXnioSsl> tls) {
        return channel -> {
            try {
                for (StreamConnection one = channel.accept(); one != null; one = channel.accept()) {
                    StreamConnection accepted = one;
                    WorkBudget budget = budget(accepted.getIoThread());
                    if (budget.tryTake()) {
                        letIn(accepted, http, tls);
                    } else {
                        budget.defer(() -> letIn(accepted, http, tls), true);
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
        Stranger stranger = stranger(exchange);
        return stranger != null && strangers.serving(stranger);
    }

    /** The answer has gone; or the connection belongs to a viewer from now on. */
    void served(HttpServerExchange exchange) {
        Stranger stranger = stranger(exchange);
        if (stranger == null) {
            return;
        }
        if (exchange.isUpgrade()) {
            strangers.leave(stranger);
        } else {
            strangers.quiet(stranger);
        }
    }

    private Stranger stranger(HttpServerExchange exchange) {
        return inside.get(((HttpServerConnection) exchange.getConnection()).getChannel());
    }

    private void letIn(StreamConnection accepted, ChannelListener<StreamConnection> http, Optional<UndertowXnioSsl> tls) {
        try {
            Opened opened = enter(accepted);
            if (tls.isPresent()) {
                FirstRecord.await(accepted, helloTimeout, hello -> secure(opened, hello, http, tls.get()));
            } else {
                leadOn(opened, accepted, http);
            }
        } catch (RuntimeException | Error e) {
            // Errors, too: nobody else would ever read from it, so it would stay, and count, for as long as its peer likes.
            IoUtils.safeClose(accepted);
            LOG.debug("A connection could not be let in", e);
        }
    }

    private void secure(Opened opened, ByteBuffer hello, ChannelListener<StreamConnection> http, UndertowXnioSsl tls) {
        StreamConnection accepted = opened.channel;
        strangers.serving(opened.stranger); // those who have not come so far give way first
        try {
            accepted.getSourceChannel().setConduit(
                    new RenegotiationGuard(accepted.getSourceChannel().getConduit(), hello));
            leadOn(opened, tls.wrapExistingConnection(accepted, TLS, false), http);
        } catch (RuntimeException | Error e) {
            IoUtils.safeClose(opened.channel); // with TLS's buffers, if it has got so far
            IoUtils.safeClose(accepted);
            LOG.debug("A TLS connection could not be let in", e);
        }
    }

    private void leadOn(Opened opened, StreamConnection channel, ChannelListener<StreamConnection> http) {
        opened.channel = channel;
        inside.put(channel, opened.stranger);
        http.handleEvent(channel);
    }

    private Opened enter(StreamConnection accepted) {
        Opened opened = new Opened(accepted);
        opened.stranger = strangers.enter(accepted.getPeerAddress(InetSocketAddress.class).getAddress(),
                abort -> end(opened, abort));
        accepted.setCloseListener(closed -> {
            inside.remove(opened.channel);
            strangers.leave(opened.stranger);
        });
        return opened;
    }

    /** A connection on its way in; on its I/O thread. */
    private static final class Opened {
        private final XnioIoThread thread;
        /** The socket's, and then TLS's on top of it: closing that one closes both, and gives its buffers back. */
        private StreamConnection channel;
        private Stranger stranger;

        private Opened(StreamConnection accepted) {
            channel = accepted;
            thread = accepted.getIoThread();
        }
    }

    private static void end(Opened opened, boolean abort) {
        try {
            opened.thread.execute(() -> {
                if (abort) {
                    Sockets.forgetAtClose(opened.channel);
                }
                IoUtils.safeClose(opened.channel);
            });
        } catch (RejectedExecutionException e) {
            LOG.trace("The I/O threads have stopped, and closed everything", e);
        }
    }
}

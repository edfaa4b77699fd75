package io.sdros.transport.undertow;

import io.undertow.protocols.ssl.UndertowXnioSsl;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
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

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

/**
 * The way from the listening socket to the HTTP parser: each connection is entered among the strangers and wrapped in TLS,
 * if there is any, on its own I/O thread and in its {@link Turn}.
 */
final class Entrance {

    private static final Logger LOG = LoggerFactory.getLogger(Entrance.class);
    private static final OptionMap TLS = OptionMap.builder()
            .set(Options.SSL_ENABLED_PROTOCOLS, Sequence.of("TLSv1.3", "TLSv1.2"))
            .getMap();

    private final Strangers strangers;
    private final Turn[] turns;
    private final Map<StreamConnection, Stranger> inside = new ConcurrentHashMap<>();

    /** @param turns by the number of their threads */
    Entrance(Strangers strangers, Turn[] turns) {
        this.strangers = strangers;
        this.turns = turns;
    }

    /** For the listening socket: whoever comes in goes on to {@code http}. */
    ChannelListener<AcceptingChannel<StreamConnection>> leadingTo(ChannelListener<StreamConnection> http,
            Optional<UndertowXnioSsl> tls) {
        return channel -> {
            try {
                for (StreamConnection one = channel.accept(); one != null; one = channel.accept()) {
                    StreamConnection accepted = one;
                    Turn turn = turn(accepted.getIoThread());
                    if (turn.now()) {
                        letIn(accepted, http, tls);
                    } else {
                        turn.later(() -> letIn(accepted, http, tls), true);
                    }
                }
            } catch (IOException e) {
                LOG.debug("A connection could not be accepted", e); // the peer gave up
            }
        };
    }

    Turn turn(XnioIoThread thread) {
        return turns[thread.getNumber()];
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
        StreamConnection channel = accepted;
        try {
            if (tls.isPresent()) {
                accepted.getSourceChannel().setConduit(new RenegotiationGuard(accepted.getSourceChannel().getConduit()));
                channel = tls.get().wrapExistingConnection(accepted, TLS, false);
            }
            enter(channel);
            http.handleEvent(channel);
        } catch (RuntimeException e) {
            LOG.debug("A connection could not be let in", e);
            IoUtils.safeClose(channel);
        }
    }

    private void enter(StreamConnection channel) {
        Stranger stranger = strangers.enter(channel.getPeerAddress(InetSocketAddress.class).getAddress(),
                abort -> end(channel, abort));
        inside.put(channel, stranger);
        channel.setCloseListener(closed -> {
            inside.remove(channel);
            strangers.leave(stranger);
        });
    }

    private static void end(StreamConnection channel, boolean abort) {
        try {
            channel.getIoThread().execute(() -> {
                if (abort) {
                    Sockets.forgetAtClose(channel);
                }
                IoUtils.safeClose(channel);
            });
        } catch (RejectedExecutionException e) {
            LOG.trace("The I/O threads have stopped, and closed everything", e);
        }
    }
}

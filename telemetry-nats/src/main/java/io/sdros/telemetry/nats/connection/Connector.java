package io.sdros.telemetry.nats.connection;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.support.Encoding;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.NoSuchFileException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Tries the servers of the list in the order written, all addresses of each, but the one that was connected to before comes
 * last: it may accept and not answer, which takes the whole timeout. Used by one thread.
 */
final class Connector {
    // ConnectLoop pings, and gives a silent server up by time.
    private static final int PINGS_UNANSWERED = 1_000;
    // Holds the longest protocol line of a server with default limits and a user JWT of any sensible size.
    private static final int PROTOCOL_LINE_BYTES = 64 * 1024;

    private final ConnectionSettings settings;
    private final ConnectionThreads threads;
    private final LineBudget lines;
    // Servers written nats:// that turned out to insist on TLS.
    private final Set<ServerAddress> insistOnTls = new HashSet<>();
    private Optional<ServerAddress> connectedLast = Optional.empty();

    Connector(ConnectionSettings settings, ConnectionThreads threads, LineBudget lines) {
        this.settings = settings;
        this.threads = threads;
        this.lines = lines;
    }

    /** One round over all servers; the failure names the reason of each. */
    Attempt connect(BooleanSupplier closed) throws InterruptedException {
        List<String> failures = new ArrayList<>();
        Attempt.Result worst = Attempt.Result.UNREACHABLE;
        for (ServerAddress server : inOrder()) {
            if (closed.getAsBoolean()) {
                break;
            }
            Attempt attempt = connectTo(server);
            if (attempt.connection().isPresent()) {
                connectedLast = Optional.of(server);
                return attempt;
            }
            failures.add(server + ": " + attempt.failure());
            worst = attempt.result() == Attempt.Result.REFUSED ? Attempt.Result.REFUSED : worst;
        }
        return Attempt.failed(worst, String.join("; ", failures));
    }

    private List<ServerAddress> inOrder() {
        List<ServerAddress> servers = new ArrayList<>(settings.servers());
        connectedLast.filter(servers::remove).ifPresent(servers::add);
        return servers;
    }

    private Attempt connectTo(ServerAddress server) throws InterruptedException {
        // Resolved here and not by jnats, which knows no names with underscores and only one address family.
        InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(server.host());
        } catch (UnknownHostException e) {
            return Attempt.failed(Attempt.Result.UNREACHABLE, "the host name does not resolve");
        }
        Attempt last = Attempt.failed(Attempt.Result.UNREACHABLE, "the host name has no address");
        for (InetAddress address : addresses) {
            last = connectTo(server, address);
            if (last.result() == Attempt.Result.TLS_REQUIRED && insistOnTls.add(server)) {
                last = connectTo(server, address);
            }
            if (last.result() == Attempt.Result.TLS_NOT_OFFERED) {
                insistOnTls.remove(server);
            }
            if (last.connection().isPresent() || last.result() == Attempt.Result.REFUSED) {
                break;
            }
        }
        return last;
    }

    private Attempt connectTo(ServerAddress server, InetAddress address) throws InterruptedException {
        Optional<Options.Builder> options;
        String file = "credentials file";
        try {
            Options.Builder builder = plainOptions(server, address);
            if (settings.credentialsFile().isPresent()) {
                builder.authHandler(CredentialsFile.read(settings.credentialsFile().get()));
            }
            file = "CA file";
            if (server.tls() || insistOnTls.contains(server)) {
                builder.sslContext(TlsContexts.forHost(server.host(), settings.caFile()));
            }
            options = Optional.of(builder);
        } catch (NoSuchFileException e) {
            return Attempt.failed(Attempt.Result.UNREACHABLE, file + ": it does not exist");
        } catch (IOException | GeneralSecurityException e) {
            return Attempt.failed(Attempt.Result.UNREACHABLE, file + ": " + ConnectionEvents.describe(e));
        }
        return open(options.get(), server);
    }

    /** Connects; takes at most the connect timeout, or little more. */
    private Attempt open(Options.Builder options, ServerAddress server) throws InterruptedException {
        ConnectionEvents events = new ConnectionEvents(settings.log(), lines, threads.workers());
        try {
            Connection connection = Nats.connect(options.connectionListener(events).errorListener(events).build());
            if (connection.getStatus() != Connection.Status.CONNECTED) {
                // Closed during its handshake, which jnats takes for a success.
                threads.awaitEvents();
                return Attempt.failed(resultOf(events), events.reason());
            }
            events.established();
            return Attempt.connected(new NatsConnection(server, connection, events));
        } catch (IOException | IllegalStateException | IllegalArgumentException e) {
            // jnats throws a summary; what really happened went to the event thread, which is behind by a moment.
            threads.awaitEvents();
            return Attempt.failed(resultOf(events), events.reason());
        }
    }

    private static Attempt.Result resultOf(ConnectionEvents events) {
        String error = events.serverError().orElse("").toLowerCase(Locale.ROOT);
        if (error.contains("authorization") || error.contains("authentication")) {
            return Attempt.Result.REFUSED;
        }
        String reason = events.reason();
        if (reason.contains("SSL required by server")) {
            return Attempt.Result.TLS_REQUIRED;
        }
        return reason.contains("SSL connection wanted by client")
                ? Attempt.Result.TLS_NOT_OFFERED
                : Attempt.Result.UNREACHABLE;
    }

    private Options.Builder plainOptions(ServerAddress server, InetAddress address) {
        Options.Builder builder = new Options.Builder()
                .server("nats://" + ServerAddress.bracketed(address.getHostAddress()) + ":" + server.port())
                .connectionName(settings.name())
                .noReconnect()
                .reconnectBufferSize(0)
                .connectionTimeout(settings.connectTimeout())
                .pingInterval(Duration.ZERO)
                .maxPingsOut(PINGS_UNANSWERED)
                .requestCleanupInterval(Duration.ZERO)
                .socketWriteTimeout((Duration) null)
                .maxControlLine(PROTOCOL_LINE_BYTES)
                .maxMessagesInOutgoingQueue(settings.outgoingMessages())
                .discardMessagesWhenOutgoingQueueFull()
                .ignoreDiscoveredServers()
                .supportUTF8Subjects()
                .executor(threads.workers())
                .connectExecutor(threads.workers())
                .callbackExecutor(threads.events())
                .scheduledExecutor(threads.timer());
        Login login = server.login();
        login.user().ifPresent(user -> builder.userInfo(user, login.password().orElse("")));
        // jnats puts a token into its JSON as it is.
        login.token().ifPresent(token -> builder.token(Encoding.jsonEncode(token).toCharArray()));
        return builder;
    }
}

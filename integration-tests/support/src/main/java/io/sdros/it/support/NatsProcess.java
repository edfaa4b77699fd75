package io.sdros.it.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.openqa.selenium.json.Json;

/** A real nats-server on the loopback interface. */
public final class NatsProcess implements AutoCloseable {

    private static final Pattern MONITOR = Pattern.compile("Starting http monitor on 127\\.0\\.0\\.1:(\\d+)");
    private static final Pattern LISTENING =
            Pattern.compile("Listening for client connections on 127\\.0\\.0\\.1:(\\d+)");
    private static final Pattern READY = Pattern.compile("Server is ready");
    private static final int ANY_FREE_PORT = -1;
    private static final int START_ATTEMPTS = 3;

    private final ChildProcess process;
    private final int port;
    private final URI monitor;
    private final HttpClient http = HttpClient.newHttpClient();

    private NatsProcess(ChildProcess process, int port, int monitorPort) {
        this.process = process;
        this.port = port;
        this.monitor = URI.create("http://127.0.0.1:" + monitorPort);
    }

    /** Starts on a free port. */
    public static NatsProcess start() {
        return start(ANY_FREE_PORT);
    }

    /** Starts on a given port: one that an earlier instance had. */
    public static NatsProcess start(int port) {
        return start(port, "");
    }

    /** Starts on a free port with what a configuration file says. */
    public static NatsProcess start(String configuration) {
        return start(ANY_FREE_PORT, configuration);
    }

    public static NatsProcess start(int port, String configuration) {
        Path file = WorkDirectory.newFile("nats", ".conf");
        try {
            Files.writeString(file, configuration);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (int attempt = 1; ; attempt++) {
            ChildProcess child = ChildProcess.start("nats",
                    List.of(Tool.command("nats-server"), "-c", file.toString(), "-a", "127.0.0.1",
                            "-p", Integer.toString(port), "-m", Integer.toString(ANY_FREE_PORT)));
            try {
                return whenReady(child);
            } catch (RuntimeException | Error e) {
                child.close();
                // The monitor takes any free port first, now and then the very one that was asked for.
                if (attempt == START_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static NatsProcess whenReady(ChildProcess child) {
        int monitor = Integer.parseInt(child.awaitLine(MONITOR, Deadlines.START).group(1));
        int bound = Integer.parseInt(child.awaitLine(LISTENING, Deadlines.START).group(1));
        child.awaitLine(READY, Deadlines.START);
        return new NatsProcess(child, bound, monitor);
    }

    public int port() {
        return port;
    }

    public long pid() {
        return process.pid();
    }

    public String url() {
        return "nats://127.0.0.1:" + port;
    }

    /** The address with a login in it, or with another scheme. */
    public URI url(String scheme, String login) {
        return URI.create(scheme + "://" + login + "127.0.0.1:" + port);
    }

    /** True if some client has subscribed to exactly this subject or filter, by what nats-server itself says. */
    public boolean hasSubscription(String subject) {
        return subscribers(subject) > 0;
    }

    /** How many connections have subscribed to exactly this subject or filter. */
    public long subscribers(String subject) {
        return connections().stream()
                .filter(connection -> connection.get("subscriptions_list") instanceof List<?> list
                        && list.contains(subject))
                .count();
    }

    /** The client connections as nats-server describes them. */
    public List<Map<?, ?>> connections() {
        return ((List<?>) monitored("/connz?subs=1").get("connections")).stream()
                .<Map<?, ?>>map(connection -> (Map<?, ?>) connection).toList();
    }

    /** How many connections there are to other nodes of its cluster. */
    public int routes() {
        return ((Number) monitored("/routez").get("num_routes")).intValue();
    }

    private Map<String, Object> monitored(String path) {
        try {
            String page = http.send(HttpRequest.newBuilder(monitor.resolve(path)).timeout(Deadlines.SOON).build(),
                    HttpResponse.BodyHandlers.ofString()).body();
            return new Json().toType(page, Json.MAP_TYPE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while asking nats-server", e);
        }
    }

    /** SIGSTOP: the port still accepts, nothing answers. */
    public void freeze() {
        signal("-STOP");
    }

    /** SIGCONT. */
    public void thaw() {
        signal("-CONT");
    }

    private void signal(String name) {
        process.signal(name);
    }

    /** SIGKILL. */
    public void kill() {
        process.close();
    }

    @Override
    public void close() {
        process.close();
    }
}

package io.sdros.it;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The server, started as a user starts it. */
final class ServerProcess implements AutoCloseable {

    private static final Pattern LISTENING = Pattern.compile("listening on (https?://\\S+?)/?(?:\\s|$)");

    private final ChildProcess process;
    private final URI base;
    private final HttpProbe http = new HttpProbe(this);

    private ServerProcess(ChildProcess process, URI base) {
        this.process = process;
        this.base = base;
    }

    static Builder builder() {
        return new Builder();
    }

    /** The fat jar's command, without arguments. */
    static List<String> jarCommand() {
        return List.of(Tool.java(), "-jar", jar().toString());
    }

    static Path jar() {
        return Path.of(System.getProperty("sdr.server.jar", "../server-app/target/server-app.jar")).normalize();
    }

    /** The address of a path, over HTTP. */
    URI http(String path) {
        return base.resolve(path);
    }

    /** The address of the stream, with a query such as {@code ?token=x} or an empty one. */
    URI stream(String query) {
        return URI.create("ws://" + base.getRawAuthority() + "/stream/ws" + query);
    }

    URI stream() {
        return stream("");
    }

    int port() {
        return base.getPort();
    }

    /** Always the same one, so that asking often does not leave a connection each time. */
    HttpProbe http() {
        return http;
    }

    ChildProcess process() {
        return process;
    }

    /** SIGTERM, and the exit code, which must come within the time promised to users. */
    int stop() {
        process.terminate();
        return process.awaitExit(Deadlines.SHUTDOWN);
    }

    @Override
    public void close() {
        process.close();
    }

    /** Settings for one start. By default: an ephemeral port on the loopback interface, no NATS. */
    static final class Builder {

        private final Map<String, String> environment = new TreeMap<>();
        private List<String> command = jarCommand();
        private List<String> arguments = List.of();

        private Builder() {
            set("SDR_LISTEN_ADDR", "127.0.0.1:0");
            set("SDR_NATS_URL", "none");
        }

        Builder region(TempRegion region) {
            return set("SDR_SHM_PATH", region.path().toString());
        }

        Builder set(String variable, String value) {
            environment.put(variable, value);
            return this;
        }

        Builder set(Map<String, String> settings) {
            environment.putAll(settings);
            return this;
        }

        /** Another way to launch than the fat jar. */
        Builder command(List<String> launch) {
            this.command = List.copyOf(launch);
            return this;
        }

        Builder arguments(String... words) {
            this.arguments = List.of(words);
            return this;
        }

        /** Starts the process and leaves it to the caller what to expect of it. */
        ChildProcess launch() {
            List<String> words = new ArrayList<>(command);
            words.addAll(arguments);
            return ChildProcess.start("server", words, environment);
        }

        /** Runs the process to its end. */
        Ended run(Duration deadline) {
            try (ChildProcess child = launch()) {
                int exitCode = child.awaitExit(deadline);
                return new Ended(exitCode, child.lines());
            }
        }

        /** Starts the process and waits until it says where it listens. */
        ServerProcess start() {
            ChildProcess child = launch();
            try {
                return new ServerProcess(child,
                        URI.create(child.awaitLine(LISTENING, Deadlines.START).group(1) + "/"));
            } catch (RuntimeException | Error e) {
                child.close();
                throw e;
            }
        }
    }

    /** How a run of the program ended. */
    record Ended(int exitCode, List<String> lines) {

        String output() {
            return String.join("\n", lines);
        }

        List<String> linesNaming(String text) {
            return lines.stream().filter(line -> line.contains(text)).toList();
        }
    }
}

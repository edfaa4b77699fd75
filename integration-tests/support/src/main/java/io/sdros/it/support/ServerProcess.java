package io.sdros.it.support;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The server, started as a user starts it. */
public final class ServerProcess implements AutoCloseable {

    private static final Pattern LISTENING = Pattern.compile("listening on (https?://\\S+?)/?(?:\\s|$)");

    private final ChildProcess process;
    private final URI base;
    private final HttpProbe http = new HttpProbe(this);

    private ServerProcess(ChildProcess process, URI base) {
        this.process = process;
        this.base = base;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** One that reads this region and has these settings: variables, each followed by its value. */
    public static ServerProcess start(TempRegion region, String... settings) {
        Builder builder = builder().region(region);
        for (int i = 0; i < settings.length; i += 2) {
            builder.set(settings[i], settings[i + 1]);
        }
        return builder.start();
    }

    /** The fat jar's command, without arguments. */
    public static List<String> jarCommand() {
        return List.of(Tool.java(), "-jar", jar().toString());
    }

    public static Path jar() {
        return Path.of(System.getProperty("sdr.server.jar", "../server-app/target/server-app.jar")).normalize();
    }

    /** The address of a path, over HTTP. */
    public URI http(String path) {
        return base.resolve(path);
    }

    /** The address of the stream, with a query such as {@code ?token=x} or an empty one. */
    public URI stream(String query) {
        return URI.create("ws://" + base.getRawAuthority() + "/stream/ws" + query);
    }

    public URI stream() {
        return stream("");
    }

    public int port() {
        return base.getPort();
    }

    /** Always the same one, so that asking often does not leave a connection each time. */
    public HttpProbe http() {
        return http;
    }

    public ChildProcess process() {
        return process;
    }

    /** SIGTERM, and the exit code, which must come within the time promised to users. */
    public int stop() {
        process.terminate();
        return process.awaitPromisedExit(Deadlines.SHUTDOWN);
    }

    @Override
    public void close() {
        process.close();
    }

    /** Settings for one start. By default: an ephemeral port on the loopback interface, no NATS. */
    public static final class Builder {

        private final Map<String, String> environment = new TreeMap<>();
        private List<String> command = jarCommand();
        private List<String> arguments = List.of();

        private Builder() {
            set("SDR_LISTEN_ADDR", "127.0.0.1:0");
            set("SDR_NATS_URL", "none");
        }

        public Builder region(TempRegion region) {
            return set("SDR_SHM_PATH", region.path().toString());
        }

        public Builder set(String variable, String value) {
            environment.put(variable, value);
            return this;
        }

        public Builder set(Map<String, String> settings) {
            environment.putAll(settings);
            return this;
        }

        /** Another way to launch than the fat jar. */
        public Builder command(List<String> launch) {
            this.command = List.copyOf(launch);
            return this;
        }

        public Builder arguments(String... words) {
            this.arguments = List.of(words);
            return this;
        }

        /** Starts the process and leaves it to the caller what to expect of it. */
        public ChildProcess launch() {
            List<String> words = new ArrayList<>(command);
            words.addAll(arguments);
            return ChildProcess.start("server", words, environment);
        }

        /** Runs the process to its end. */
        public Ended run(Duration deadline) {
            try (ChildProcess child = launch()) {
                int exitCode = child.awaitExit(deadline);
                return new Ended(exitCode, child.lines());
            }
        }

        /** Starts the process and waits until it says where it listens. */
        public ServerProcess start() {
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
    public record Ended(int exitCode, List<String> lines) {

        public String output() {
            return String.join("\n", lines);
        }

        public List<String> linesNaming(String text) {
            return lines.stream().filter(line -> line.contains(text)).toList();
        }
    }
}

package io.sdros.it;

import java.util.List;
import java.util.regex.Pattern;

/** A real nats-server on the loopback interface. */
final class NatsProcess implements AutoCloseable {

    private static final Pattern LISTENING = Pattern.compile("Listening for client connections on 127\\.0\\.0\\.1:(\\d+)");
    private static final Pattern READY = Pattern.compile("Server is ready");
    private static final int ANY_FREE_PORT = -1;

    private final ChildProcess process;
    private final int port;

    private NatsProcess(ChildProcess process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts on a free port. */
    static NatsProcess start() {
        return start(ANY_FREE_PORT);
    }

    /** Starts on a given port: one that an earlier instance had. */
    static NatsProcess start(int port) {
        ChildProcess child = ChildProcess.start("nats",
                List.of(Tool.command("nats-server"), "-a", "127.0.0.1", "-p", Integer.toString(port)));
        try {
            int bound = Integer.parseInt(child.awaitLine(LISTENING, Deadlines.START).group(1));
            child.awaitLine(READY, Deadlines.START);
            return new NatsProcess(child, bound);
        } catch (RuntimeException | Error e) {
            child.close();
            throw e;
        }
    }

    int port() {
        return port;
    }

    String url() {
        return "nats://127.0.0.1:" + port;
    }

    /** SIGKILL. */
    void kill() {
        process.close();
    }

    @Override
    public void close() {
        process.close();
    }
}

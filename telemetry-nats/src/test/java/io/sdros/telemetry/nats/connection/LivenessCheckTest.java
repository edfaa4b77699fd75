package io.sdros.telemetry.nats.connection;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LivenessCheckTest {

    private static final Duration AMPLE = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofSeconds(2);

    /** Greets, and answers pings until it gets a message; the ping behind that it answers never. */
    private static final class Server implements AutoCloseable {
        private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final AtomicInteger visitors = new AtomicInteger();
        private final boolean dies;

        /** @param dies when the ping comes that it does not answer */
        Server(boolean dies) throws IOException {
            this.dies = dies;
            start(this::accept);
        }

        private static void start(Runnable action) {
            Thread thread = new Thread(action, "server");
            thread.setDaemon(true);
            thread.start();
        }

        private void accept() {
            try {
                while (true) {
                    Socket socket = door.accept();
                    visitors.incrementAndGet();
                    start(() -> serve(socket));
                }
            } catch (IOException e) {
                // It was closed.
            }
        }

        private void serve(Socket socket) {
            try (socket; BufferedReader lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1))) {
                say(socket, "INFO {\"server_id\":\"S\",\"version\":\"2.10.0\",\"max_payload\":1048576}");
                boolean message = false;
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    message |= line.startsWith("PUB ");
                    boolean ping = line.equals("PING");
                    if (ping && !message) {
                        say(socket, "PONG");
                    } else if (ping && dies) {
                        door.close();
                        return;
                    }
                }
            } catch (IOException e) {
                // The other end is gone, and with it what there was to do.
            }
        }

        private static void say(Socket socket, String line) throws IOException {
            socket.getOutputStream().write((line + "\r\n").getBytes(ISO_8859_1));
        }

        NatsConnection connect() throws IOException, InterruptedException {
            ConnectionEvents events = new ConnectionEvents(LoggerFactory.getLogger(LivenessCheckTest.class),
                    new LineBudget(100, Duration.ofSeconds(1), System::nanoTime), Runnable::run);
            String host = door.getInetAddress().getHostAddress();
            Connection connection = Nats.connect(new Options.Builder().server("nats://" + host + ":" + door.getLocalPort())
                    .noReconnect().pingInterval(Duration.ZERO).connectionListener(events).errorListener(events).build());
            events.established();
            return new NatsConnection(new ServerAddress(false, Login.NONE, host, door.getLocalPort()), connection, events);
        }

        @Override
        public void close() throws IOException {
            door.close();
        }
    }

    private static boolean livesBehindABacklog(NatsConnection connection, Duration timeout) throws InterruptedException {
        LivenessCheck check = new LivenessCheck(connection, new ConnectionSettings.Pings(Duration.ZERO, timeout, true));
        assertThat(check.lives()).as("with nothing on its way").isTrue();
        connection.connection().publish("frames", new byte[100_000]);
        return check.lives();
    }

    @Test
    void aServerThatGreetsOthersLivesThoughThePingBehindABacklogIsNotAnswered() throws Exception {
        try (Server server = new Server(false)) {
            NatsConnection connection = server.connect();
            assertThat(livesBehindABacklog(connection, SHORT)).isTrue();
            assertThat(server.visitors).hasValue(2);
            connection.close();
        }
    }

    @Test
    void oneThatDiesWhileAPingWaitsBehindABacklogIsLost() throws Exception {
        try (Server server = new Server(true)) {
            NatsConnection connection = server.connect();
            assertThat(livesBehindABacklog(connection, AMPLE)).isFalse();
            assertThat(server.visitors).as("nobody is asked whether it lives").hasValue(1);
            connection.close();
        }
    }
}

package io.sdros.telemetry.nats;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that has more for us than the way to us carries. */
@Tag("tools")
class SlowConsumerTest {

    @TempDir
    Path folder;

    @Test
    void aConnectionThatEndsUnderABacklogIsNamedAndCounted() throws IOException {
        String configuration = "max_payload: 100000\nmax_pending: 1000000\nwrite_deadline: \"1s\"\n";
        Recorder recorder = new Recorder();
        try (NatsServer server = NatsServer.running(folder, configuration); SlowWay way = new SlowWay(server.port());
                CapturedLog log = new CapturedLog(); TestClient producer = new TestClient(server.url());
                NatsRelay relay = NatsRelay.builder("127.0.0.1:" + way.port()).subjects(List.of("telemetry.>"))
                        .listener(recorder).build()) {
            relay.start();
            // How much the kernel takes differs: a connection that ends within a second of a ping is not known for what it is.
            long[] flooded = {0};
            Eventually.await("the cut", () -> {
                if (relay.statistics().slowConsumerCuts() == 1) {
                    return true;
                }
                if (relay.connected() && relay.statistics().connects() > flooded[0]) {
                    flooded[0] = relay.statistics().connects();
                    flood(producer);
                }
                return false;
            });
            Eventually.await("named", () -> log.lines("slow consumer") == 1);
            long connects = relay.statistics().connects();
            way.widen();
            Eventually.await("connected again", () -> relay.statistics().connects() > connects && relay.connected());
            producer.publish("telemetry.after", new byte[0]);
            Eventually.await("telemetry again", () -> recorder.subjects().contains("telemetry.after"));
        }
    }

    private static void flood(TestClient producer) {
        byte[] payload = new byte[50_000];
        for (int i = 0; i < 400; i++) {
            producer.publish("telemetry.map", payload);
        }
    }

    @Test
    void aServerThatIsKilledIsNoSuchThing() {
        try (NatsServer server = NatsServer.running(folder);
                NatsRelay relay = NatsRelay.builder(server.url()).subjects(List.of("telemetry.>")).build()) {
            relay.start();
            Eventually.await("connected", relay::connected);
            server.kill();
            Eventually.await("the loss", () -> !relay.connected());
            assertThat(relay.statistics().slowConsumerCuts()).isZero();
        }
    }

    /** Hands connections on to a port, and what comes back at some 200 kB/s. */
    private static final class SlowWay implements AutoCloseable {
        private static final int PIECE_BYTES = 8 * 1024;
        private static final long PAUSE_NANOS = 40_000_000;
        private final ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        private final int target;
        private volatile boolean wide;

        SlowWay(int target) throws IOException {
            this.target = target;
            run(() -> {
                while (true) {
                    Socket near = listener.accept();
                    Socket far = new Socket();
                    far.setReceiveBufferSize(PIECE_BYTES);
                    far.connect(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), target));
                    run(() -> copy(near, far, 0));
                    run(() -> copy(far, near, PAUSE_NANOS));
                }
            });
        }

        int port() {
            return listener.getLocalPort();
        }

        void widen() {
            wide = true;
        }

        private void copy(Socket from, Socket to, long pauseNanos) throws IOException {
            try (from; to) {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                byte[] piece = new byte[PIECE_BYTES];
                for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                    out.write(piece, 0, count);
                    if (pauseNanos > 0 && !wide) {
                        LockSupport.parkNanos(pauseNanos);
                    }
                }
            }
        }

        private interface Task {
            void run() throws IOException;
        }

        private static void run(Task task) {
            Thread thread = new Thread(() -> {
                try {
                    task.run();
                } catch (IOException e) {
                    // One side has closed, or all of it is over.
                    Thread.currentThread().interrupt();
                }
            }, "slow-way");
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }
}

import io.sdros.relay.nats.EdgeFrame;
import io.sdros.relay.nats.EdgeStream;
import io.sdros.relay.nats.EdgeStreamConfig;
import io.sdros.relay.nats.EdgeStreamListener;
import io.sdros.relay.nats.RelayConnection;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * Edges without a server, each with a connection of its own, in one process: java -cp server-app.jar Edges.java STREAM
 * NAME=NATS-URL... Obeys and prints the same lines as recorder.py, "ready" once all are connected; the commit is 0 where
 * the origin's clock is not known yet.
 */
final class Edges {

    private static final String PREFIX = "sdr.v1";
    private static final int HEADROOM_BYTES = 0;
    private static final int MOST_BYTES = 4 << 20;
    private static final int NUMBER_OFFSET = 8;
    private static final int FLAGS_OFFSET = 20;
    private static final int POLL_MILLIS = 20;
    private static final Duration CONNECT = Duration.ofSeconds(30);

    private Edges() {
    }

    /** One edge's stream, wanted or not. */
    private static final class Edge implements EdgeStreamListener {
        private final String name;
        private final RelayConnection connection;
        private final EdgeStream stream;
        private volatile boolean wanted;

        Edge(String name, String url, String streamName) {
            this.name = name;
            connection = new RelayConnection(url, Optional.empty(), Optional.empty(), name);
            stream = connection.edgeStreams(PREFIX).stream(streamName,
                    new EdgeStreamConfig(true, Duration.ofMillis(300), HEADROOM_BYTES, MOST_BYTES, () -> wanted ? 1 : 0), () -> wanted, this);
            connection.start();
            stream.start();
        }

        void want(boolean now) {
            if (now) {
                say("joins " + name + " " + System.nanoTime());
            }
            wanted = now;
            stream.wakeUp();
        }

        @Override
        public void onFrame(EdgeFrame frame) {
            int at = frame.headerOffset();
            int lengthBytes = frame.array().length - at;
            ByteBuffer header = ByteBuffer.wrap(frame.array()).order(ByteOrder.LITTLE_ENDIAN);
            CRC32 digest = new CRC32();
            digest.update(frame.array(), at, lengthBytes);
            say(name + " " + frame.receivedNanos() + " " + frame.commitNanos() + " " + header.getLong(at + NUMBER_OFFSET) + " "
                    + lengthBytes + " " + (header.getShort(at + FLAGS_OFFSET) & 1) + " " + digest.getValue());
        }

        @Override
        public void onDiscontinuity() {
            // Told by the numbers, too.
        }

        @Override
        public void onOtherOrigin() {
            // There is one.
        }

        @Override
        public void onPoll(long nowNanos) {
            // Nothing is due.
        }

        @Override
        public void onUncaught(Throwable failure) {
            failure.printStackTrace();
        }
    }

    private static synchronized void say(String line) {
        System.out.println(line);
    }

    public static void main(String[] words) throws IOException, InterruptedException {
        Map<String, Edge> edges = new HashMap<>();
        for (String word : List.of(words).subList(1, words.length)) {
            String name = word.substring(0, word.indexOf('='));
            edges.put(name, new Edge(name, word.substring(name.length() + 1), words[0]));
        }
        long beganNanos = System.nanoTime();
        while (!edges.values().stream().allMatch(edge -> edge.connection.connected())) {
            if (System.nanoTime() - beganNanos > CONNECT.toNanos()) {
                throw new IOException("not connected within " + CONNECT.toSeconds() + " s: "
                        + edges.values().stream().filter(edge -> !edge.connection.connected()).map(edge -> edge.name).toList());
            }
            Thread.sleep(POLL_MILLIS);
        }
        say("ready");
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] command = line.split(" ");
            for (String name : List.of(command).subList(1, command.length)) {
                edges.get(name).want(command[0].equals("join"));
            }
        }
        System.exit(0);
    }
}

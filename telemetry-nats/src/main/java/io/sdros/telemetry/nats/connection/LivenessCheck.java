package io.sdros.telemetry.nats.connection;

import io.sdros.telemetry.nats.connection.ConnectionSettings.Pings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Whether the server of one connection lives. A ping may wait behind what was sent before it, for longer than it may take:
 * on a narrow way a large frame alone takes seconds, and who then connected anew would begin it anew. So a server that does
 * not answer on a connection with much on its way may show on another one that it lives: it greets everybody who connects,
 * which one that is frozen does not. One thread.
 */
final class LivenessCheck {

    /** Less than this is over in time. */
    private static final long BACKLOG_BYTES = 64 << 10;
    /** A connection over which nothing at all has come for so long is lost, whoever else is answered. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final byte[] GREETING = "INFO ".getBytes(StandardCharsets.US_ASCII);

    private final NatsConnection connection;
    private final Pings pings;
    private long shownNanos = System.nanoTime();
    private long answeredBytes;

    LivenessCheck(NatsConnection connection, Pings pings) {
        this.connection = connection;
        this.pings = pings;
    }

    /** Takes as long as a ping may, at most. */
    boolean lives() throws InterruptedException {
        Duration half = pings.timeout().dividedBy(2);
        SignsOfLife before = connection.signsOfLife();
        if (pinged(half)) {
            shownNanos = System.nanoTime();
            answeredBytes = before.bytesHandedOver();
            return true;
        }
        boolean backlog = pings.trafficIsLife() && connection.signsOfLife().bytesHandedOver() - answeredBytes > BACKLOG_BYTES;
        boolean greeted = backlog && connection.open() && greets(half);
        if (!backlog && pinged(half) || pings.trafficIsLife() && connection.signsOfLife().since(before)) {
            shownNanos = System.nanoTime();
            return connection.open();
        }
        return greeted && connection.open() && System.nanoTime() - shownNanos < PATIENCE_NANOS;
    }

    private boolean pinged(Duration timeout) throws InterruptedException {
        try {
            connection.ping(timeout);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    private boolean greets(Duration timeout) {
        // The only one it was given. The one jnats says it is connected to is null from the moment that connection ends.
        URI server = connection.connection().getOptions().getServers().get(0);
        try (Socket socket = new Socket()) {
            int millis = Math.toIntExact(Math.max(1, timeout.toMillis()));
            socket.connect(new InetSocketAddress(server.getHost(), server.getPort()), millis);
            socket.setSoTimeout(millis);
            return Arrays.equals(socket.getInputStream().readNBytes(GREETING.length), GREETING);
        } catch (IOException e) {
            return false;
        }
    }
}

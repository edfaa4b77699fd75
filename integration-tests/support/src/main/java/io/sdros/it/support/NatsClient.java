package io.sdros.it.support;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A NATS client of a socket and the text protocol: publishes, and keeps what its subscriptions receive. */
public final class NatsClient implements AutoCloseable {

    /**
     * A received message.
     *
     * @param receivedNanos when, on the clock of {@link System#nanoTime}
     */
    public record Message(String subject, byte[] payload, long receivedNanos) {

        public String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }
    }

    private final Socket socket;
    private final DataInputStream input;
    private final OutputStream output;
    private final List<Message> messages = new CopyOnWriteArrayList<>();
    private final Semaphore pongs = new Semaphore(0);
    private int subscriptions;

    private NatsClient(Socket socket) throws IOException {
        this.socket = socket;
        this.input = new DataInputStream(socket.getInputStream());
        this.output = socket.getOutputStream();
    }

    public static NatsClient connect(NatsProcess nats) {
        return connect(nats, info -> "");
    }

    /**
     * @param login from the server's INFO line, what to say besides the usual: fields of JSON, each with a comma in front
     */
    public static NatsClient connect(NatsProcess nats, UnaryOperator<String> login) {
        try {
            NatsClient client = new NatsClient(new Socket(InetAddress.getLoopbackAddress(), nats.port()));
            String info = client.readLine();
            client.send("CONNECT {\"verbose\":false,\"pedantic\":false,\"name\":\"it\"" + login.apply(info) + "}\r\n",
                    new byte[0]);
            Thread receiver = new Thread(client::receive, "nats-client");
            receiver.setDaemon(true);
            receiver.start();
            client.flush();
            return client;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns when the server has taken the subscription. */
    public void subscribe(String subject) {
        subscriptions++;
        send("SUB " + subject + " " + subscriptions + "\r\n", new byte[0]);
        flush();
    }

    /** Returns when the server has taken the message. */
    public void publish(String subject, byte[] payload) {
        publishUnconfirmed(subject, payload);
        flush();
    }

    /** Returns when the message is on its way. */
    public void publishUnconfirmed(String subject, byte[] payload) {
        byte[] withEnd = new byte[payload.length + 2];
        System.arraycopy(payload, 0, withEnd, 0, payload.length);
        withEnd[payload.length] = '\r';
        withEnd[payload.length + 1] = '\n';
        send("PUB " + subject + " " + payload.length + "\r\n", withEnd);
    }

    /** Publishes many at once: lines of the protocol with their payloads, as they are. */
    public void send(byte[] protocol) {
        send("", protocol);
    }

    public void publish(String subject, String payload) {
        publish(subject, payload.getBytes(StandardCharsets.UTF_8));
    }

    public List<Message> messages() {
        return List.copyOf(messages);
    }

    private void flush() {
        send("PING\r\n", new byte[0]);
        try {
            // Each ping has its own answer, in order: as many have come as were asked for before.
            if (!pongs.tryAcquire(Deadlines.SOON.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("NATS does not answer a ping within " + Deadlines.SOON.toMillis() + " ms");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for NATS", e);
        }
    }

    // Both the test's thread and the receiving one (to answer a ping) send.
    private synchronized void send(String line, byte[] payload) {
        try {
            output.write(line.getBytes(StandardCharsets.UTF_8));
            output.write(payload);
            output.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void receive() {
        try {
            while (true) {
                String line = readLine();
                if (line.equals("PING")) {
                    send("PONG\r\n", new byte[0]);
                } else if (line.equals("PONG")) {
                    pongs.release();
                } else if (line.startsWith("MSG ")) {
                    // MSG <subject> <sid> [reply-to] <bytes>
                    String[] words = line.split(" ");
                    byte[] payload = new byte[Integer.parseInt(words[words.length - 1])];
                    input.readFully(payload);
                    readLine();
                    messages.add(new Message(words[1], payload, System.nanoTime()));
                }
            }
        } catch (IOException e) {
            // The socket was closed, by the test or with the server: nothing more will come.
            return;
        }
    }

    private String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = input.readUnsignedByte(); next != '\n'; next = input.readUnsignedByte()) {
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

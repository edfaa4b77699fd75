package io.sdros.telemetry.nats;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.impl.Headers;
import java.time.Duration;
import java.util.function.BiConsumer;

/** Another client of the same server: a producer of telemetry, or an encoder that takes requests. */
final class TestClient implements AutoCloseable {
    private final Connection connection;
    private final Dispatcher dispatcher;

    TestClient(String url) {
        this(new Options.Builder().server(url).supportUTF8Subjects().maxControlLine(8_192));
    }

    TestClient(Options.Builder options) {
        try {
            connection = Nats.connect(options.errorListener(new ErrorListener() { }).build());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        dispatcher = connection.createDispatcher();
    }

    void subscribe(String filter, BiConsumer<String, byte[]> consumer) {
        // One dispatcher for all, so that messages come in the order in which they were sent.
        dispatcher.subscribe(filter, message -> consumer.accept(message.getSubject(), message.getData()));
        flush();
    }

    void publish(String subject, byte[] payload) {
        connection.publish(subject, payload);
    }

    void publishWithHeaders(String subject, byte[] payload) {
        connection.publish(subject, new Headers().put("a-header", "its value"), payload);
    }

    void flush() {
        try {
            connection.flush(Duration.ofSeconds(10));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        try {
            // The server may be gone by now, in which case there is nothing to flush.
            if (connection.getStatus() == Connection.Status.CONNECTED) {
                flush();
            }
            connection.close();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}

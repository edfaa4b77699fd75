package io.sdros.telemetry.nats;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A listener that keeps everything it is told, and notices being called by two threads at once. */
class Recorder implements TelemetryListener {
    record Received(String subject, byte[] payload) {
    }

    record Dropped(String subject, DropReason reason) {
    }

    final List<Received> received = new CopyOnWriteArrayList<>();
    final List<Dropped> dropped = new CopyOnWriteArrayList<>();
    final List<NatsStatus> statuses = new CopyOnWriteArrayList<>();
    final AtomicBoolean overlapped = new AtomicBoolean();
    private final AtomicInteger inside = new AtomicInteger();

    @Override
    public void onTelemetry(String subject, byte[] payload) {
        if (inside.incrementAndGet() > 1) {
            overlapped.set(true);
        }
        received.add(new Received(subject, payload));
        inside.decrementAndGet();
    }

    @Override
    public void onDropped(String subject, DropReason reason) {
        dropped.add(new Dropped(subject, reason));
    }

    @Override
    public void onState(NatsStatus status) {
        statuses.add(status);
    }

    /** One message goes out and comes in once; {@code count} have come in since the relay was made. */
    void roundTrip(String url, int count) {
        try (TestClient client = new TestClient(url)) {
            client.publish("telemetry.count", Integer.toString(count).getBytes(StandardCharsets.UTF_8));
        }
        Eventually.await("message " + count, () -> received.size() >= count);
        assertThat(received.stream().map(message -> new String(message.payload(), StandardCharsets.UTF_8)).toList())
                .hasSize(count).last().isEqualTo(Integer.toString(count));
    }

    List<String> subjects() {
        return received.stream().map(Received::subject).toList();
    }

    List<NatsState> states() {
        return statuses.stream().map(NatsStatus::state).toList();
    }
}

package io.sdros.server.demo;

import io.sdros.server.backplane.Backplane;
import io.sdros.server.backplane.NatsBackplane;
import io.sdros.server.backplane.TelemetryFeed;
import io.sdros.telemetry.nats.NatsDenial;
import io.sdros.telemetry.nats.NatsStatistics;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The demo's robot: it sends sample telemetry and hears keyframe requests, through NATS while a server is connected,
 * else directly.
 */
public final class DemoBackplane implements Backplane {
    private final String stream;
    private final DemoProducer producer;
    private final Optional<NatsBackplane> nats;
    private final DemoTelemetry telemetry = new DemoTelemetry();

    public DemoBackplane(String stream, DemoProducer producer, Optional<NatsBackplane> nats) {
        this.stream = stream;
        this.producer = producer;
        this.nats = nats;
    }

    @Override
    public void start(TelemetryFeed feed) {
        nats.ifPresent(connection -> {
            connection.onKeyframeRequest(stream, producer::requestKeyframe);
            connection.start(feed);
        });
        telemetry.start((subject, payload) -> {
            boolean sent = nats.isPresent() && nats.get().publish(subject, payload);
            if (!sent) {
                feed.publish(subject, payload);
            }
        });
    }

    @Override
    public boolean requestKeyframe(String stream, byte[] json, Consumer<Boolean> fate) {
        boolean sent = nats.isPresent() && nats.get().requestKeyframe(stream, json, fate);
        if (!sent) {
            producer.requestKeyframe();
            fate.accept(true);
        }
        return true;
    }

    /** {@code demo}: without NATS, and telemetry flows all the same. */
    @Override
    public String natsState() {
        return nats.map(NatsBackplane::natsState).orElse("demo");
    }

    @Override
    public List<NatsDenial> natsDenials() {
        return nats.map(NatsBackplane::natsDenials).orElse(List.of());
    }

    @Override
    public Optional<NatsStatistics> natsStatistics() {
        return nats.flatMap(NatsBackplane::natsStatistics);
    }

    @Override
    public void close() {
        telemetry.close();
        nats.ifPresent(NatsBackplane::close);
    }
}

package io.sdros.server.demo;

import io.sdros.server.bus.MessageBus;
import io.sdros.server.bus.NatsBus;
import io.sdros.server.bus.TelemetryPublisher;
import io.sdros.telemetry.nats.NatsDenial;
import io.sdros.telemetry.nats.NatsStatistics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The demo's robot: it sends sample telemetry and hears keyframe requests, through NATS while a server is connected,
 * else directly.
 */
public final class DemoBus implements MessageBus {
    /** By the name of their stream. */
    private final Map<String, DemoProducer> producers;
    private final Optional<NatsBus> nats;
    private final DemoTelemetry telemetry = new DemoTelemetry();

    /** @param producers by the name of their stream */
    public DemoBus(Map<String, DemoProducer> producers, Optional<NatsBus> nats) {
        this.producers = Map.copyOf(producers);
        this.nats = nats;
    }

    @Override
    public void start(TelemetryPublisher publisher) {
        nats.ifPresent(connection -> {
            producers.forEach((stream, producer) -> connection.onKeyframeRequest(stream, producer::requestKeyframe));
            connection.start(publisher);
        });
        telemetry.start((subject, payload) -> {
            boolean sent = nats.isPresent() && nats.get().publish(subject, payload);
            if (!sent) {
                publisher.publish(subject, payload);
            }
        });
    }

    @Override
    public boolean requestKeyframe(String stream, byte[] json, Consumer<Boolean> fate) {
        boolean sent = nats.isPresent() && nats.get().requestKeyframe(stream, json, fate);
        if (!sent) {
            producers.get(stream).requestKeyframe();
            fate.accept(true);
        }
        return true;
    }

    @Override
    public boolean adviseRate(String stream, byte[] json) {
        return nats.isPresent() && nats.get().adviseRate(stream, json);
    }

    /** {@code demo}: without NATS, and telemetry flows all the same. */
    @Override
    public String natsState() {
        return nats.map(NatsBus::natsState).orElse("demo");
    }

    @Override
    public List<NatsDenial> natsDenials() {
        return nats.map(NatsBus::natsDenials).orElse(List.of());
    }

    @Override
    public Optional<NatsStatistics> natsStatistics() {
        return nats.flatMap(NatsBus::natsStatistics);
    }

    @Override
    public void close() {
        telemetry.close();
        nats.ifPresent(NatsBus::close);
    }
}

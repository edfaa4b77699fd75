package io.sdros.server.bus;

import io.sdros.server.settings.NatsUrl;
import io.sdros.server.settings.Settings;
import io.sdros.server.settings.StreamSettings;
import io.sdros.telemetry.nats.DropReason;
import io.sdros.telemetry.nats.NatsDenial;
import io.sdros.telemetry.nats.NatsRelay;
import io.sdros.telemetry.nats.NatsStatistics;
import io.sdros.telemetry.nats.TelemetryListener;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Telemetry from NATS, keyframe requests and rate advice to NATS. */
public final class NatsBus implements MessageBus {
    /** By the name of the stream. */
    private final Map<String, List<String>> idrSubjects;
    private final Map<String, List<String>> rateSubjects;
    private final ToPublisher listener = new ToPublisher();
    private final NatsRelay relay;

    public NatsBus(Settings settings, NatsUrl servers) {
        idrSubjects = settings.streams().stream()
                .collect(Collectors.toUnmodifiableMap(StreamSettings::name, StreamSettings::idrSubjects));
        rateSubjects = settings.streams().stream()
                .collect(Collectors.toUnmodifiableMap(StreamSettings::name, stream -> stream.rate().subjects()));
        NatsRelay.Builder builder = NatsRelay.builder(servers.reveal())
                .subjects(settings.telemetrySubjects())
                .maxPayloadBytes(settings.telemetryMaxSizeBytes())
                .name("sdr-transport")
                .listener(listener);
        settings.natsCredsFile().ifPresent(builder::credentialsFile);
        settings.natsCaFile().ifPresent(builder::caFile);
        relay = builder.build();
    }

    @Override
    public void start(TelemetryPublisher publisher) {
        listener.publisher = publisher;
        relay.start();
    }

    @Override
    public boolean requestKeyframe(String stream, byte[] json, Consumer<Boolean> fate) {
        // Whoever listens to one of them is an encoder, so one that is taken is a request made.
        AnyTaken copies = new AnyTaken(fate);
        boolean passedOn = false;
        for (String subject : idrSubjects.get(stream)) {
            copies.add();
            if (relay.publish(subject, json, copies::decided)) {
                passedOn = true;
            } else {
                copies.withdraw();
            }
        }
        if (passedOn) {
            copies.complete();
        }
        return passedOn;
    }

    @Override
    public boolean adviseRate(String stream, byte[] json) {
        boolean passedOn = false;
        for (String subject : rateSubjects.get(stream)) {
            passedOn |= relay.publish(subject, json);
        }
        return passedOn;
    }

    @Override
    public String natsState() {
        return relay.status().state().name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Optional<NatsStatistics> natsStatistics() {
        return Optional.of(relay.statistics());
    }

    @Override
    public List<NatsDenial> natsDenials() {
        return relay.denials();
    }

    /** For the demo, which is its own robot; false if there is no connection. */
    public boolean publish(String subject, byte[] payload) {
        return relay.publish(subject, payload);
    }

    /** For the demo, likewise. */
    public void onKeyframeRequest(String stream, Runnable callback) {
        idrSubjects.get(stream).forEach(subject -> relay.listen(subject, payload -> callback.run()));
    }

    @Override
    public void close() {
        relay.close();
    }

    private static final class ToPublisher implements TelemetryListener {
        // Set before the relay starts its threads.
        private TelemetryPublisher publisher;

        @Override
        public void onTelemetry(String subject, byte[] payload) {
            publisher.publish(subject, payload);
        }

        @Override
        public void onDropped(String subject, DropReason reason) {
            publisher.dropped(subject, reason.name().toLowerCase(Locale.ROOT));
        }
    }
}

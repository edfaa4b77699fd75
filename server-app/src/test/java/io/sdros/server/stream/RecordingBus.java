package io.sdros.server.stream;

import io.sdros.server.bus.MessageBus;
import io.sdros.server.bus.TelemetryPublisher;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/** Keeps what encoders are told about their rate. */
record RecordingBus(List<String> told) implements MessageBus {

    @Override
    public void start(TelemetryPublisher publisher) {
    }

    @Override
    public boolean requestKeyframe(String stream, byte[] json, Consumer<Boolean> fate) {
        return false;
    }

    @Override
    public boolean adviseRate(String stream, byte[] json) {
        return told.add(new String(json, StandardCharsets.UTF_8));
    }

    @Override
    public String natsState() {
        return "off";
    }

    @Override
    public void close() {
    }
}

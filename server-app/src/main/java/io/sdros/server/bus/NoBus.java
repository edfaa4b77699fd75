package io.sdros.server.bus;

import java.util.function.Consumer;

/** SDR_NATS_URL=none: video only, and no way to ask the encoder for a keyframe. */
public final class NoBus implements MessageBus {

    @Override
    public void start(TelemetryPublisher publisher) {
    }

    @Override
    public boolean requestKeyframe(String stream, byte[] json, Consumer<Boolean> fate) {
        return false;
    }

    @Override
    public String natsState() {
        return "off";
    }

    @Override
    public void close() {
    }
}

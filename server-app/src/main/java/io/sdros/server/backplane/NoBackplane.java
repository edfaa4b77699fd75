package io.sdros.server.backplane;

import java.util.function.Consumer;

/** SDR_NATS_URL=none: video only, and no way to ask the encoder for a keyframe. */
public final class NoBackplane implements Backplane {

    @Override
    public void start(TelemetryFeed feed) {
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

package io.sdros.server.bus;

import io.sdros.telemetry.nats.NatsDenial;
import io.sdros.telemetry.nats.NatsStatistics;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What connects the server with the robot besides the frames: telemetry comes from it, keyframe requests go to it. */
public interface MessageBus extends AutoCloseable {

    /** Starts delivering telemetry; neither blocks nor fails. */
    void start(TelemetryPublisher publisher);

    /**
     * Passes a keyframe request on to the encoder. Called on the stream's producer thread, must not block.
     *
     * @param stream the name of the stream
     * @param fate told once, on any thread, unless this returns false: whether it was taken, as far as can be known
     * @return false if it could not be passed on
     */
    boolean requestKeyframe(String stream, byte[] json, Consumer<Boolean> fate);

    /**
     * Passes on what the encoder should produce. Called on any thread, must not block.
     *
     * @param stream the name of the stream
     * @return false if it could not be passed on
     */
    default boolean adviseRate(String stream, byte[] json) {
        return false;
    }

    /** For people and for /health: {@code off}, {@code connected}, … */
    String natsState();

    /** What the NATS server does not allow. */
    default List<NatsDenial> natsDenials() {
        return List.of();
    }

    /** What is counted of the connection to NATS; empty if there is none to be. */
    default Optional<NatsStatistics> natsStatistics() {
        return Optional.empty();
    }

    @Override
    void close();
}

package io.sdros.server;

/** What connects the server with the robot besides the frames: telemetry comes from it, keyframe requests go to it. */
interface Backplane extends AutoCloseable {

    /** Starts delivering telemetry; neither blocks nor fails. */
    void start(TelemetryFeed feed);

    /**
     * Passes a keyframe request on to the encoder. Called on the reader's thread, must not block.
     *
     * @return false if it could not be passed on
     */
    boolean requestKeyframe(byte[] json);

    /** For people and for /health: {@code off}, {@code connected}, … */
    String natsState();

    NatsMetrics metrics();

    @Override
    void close();
}

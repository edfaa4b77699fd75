/** Relays telemetry from NATS and publishes keyframe requests to it. */
@SuppressWarnings("module") // the one it is for is built after this one
module io.sdros.telemetry.nats {
    requires io.nats.jnats;
    requires org.slf4j;

    exports io.sdros.telemetry.nats;
    // Connecting is the same there, and only there.
    exports io.sdros.telemetry.nats.connection to io.sdros.relay.nats;
}

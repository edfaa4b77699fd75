/** Relays telemetry from NATS and publishes keyframe requests to it. */
module io.sdros.telemetry.nats {
    requires io.nats.jnats;
    requires org.slf4j;

    exports io.sdros.telemetry.nats;
}

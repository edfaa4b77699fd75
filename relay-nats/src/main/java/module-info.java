/** Carries frames from one machine to others through NATS. */
module io.sdros.relay.nats {
    requires io.nats.jnats;
    requires io.sdros.telemetry.nats;
    requires org.slf4j;

    exports io.sdros.relay.nats;
}

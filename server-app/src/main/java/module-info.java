/** The launcher: settings, wiring, health, metrics, player page, demo. */
module io.sdros.server {
    requires io.sdros.fanout;
    requires io.sdros.relay.nats;
    requires io.sdros.shm.protocol;
    requires io.sdros.shm.reader;
    requires io.sdros.telemetry.nats;
    requires io.sdros.transport.undertow;
    // The JVM metrics read these through reflection; an automatic module cannot ask for them itself.
    requires java.management;
    requires jdk.management;
    requires simpleclient;
    requires simpleclient.common;
    requires simpleclient.hotspot;
    requires org.slf4j;
    requires org.slf4j.simple;

    exports io.sdros.server;
}

/** The launcher: settings, wiring, health, metrics, player page, demo. */
module io.sdros.server {
    // The JVM metrics read these through reflection; an automatic module cannot ask for them itself.
    requires java.management;
    requires jdk.management;
    requires simpleclient;
    requires simpleclient.common;
    requires simpleclient.hotspot;
    requires org.slf4j;

    exports io.sdros.server;
}

/** HTTP routes and the video WebSocket on Undertow. */
module io.sdros.transport.undertow {
    requires transitive io.sdros.fanout;
    requires undertow.core;
    requires xnio.api;
    // Undertow is an automatic module and so pulls in neither of these two, which it needs at run time.
    requires org.jboss.logging;
    requires org.jboss.threads;
    requires org.slf4j;
    // How many files the process may have open.
    requires java.management;
    requires jdk.management;

    exports io.sdros.transport.undertow;
}

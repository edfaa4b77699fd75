package io.sdros.telemetry.nats.connection;

/**
 * One server of the list.
 *
 * @param host a name or an address, an IPv6 address without its brackets
 */
public record ServerAddress(boolean tls, Login login, String host, int port) {
    /** Where it is, without the login. */
    @Override
    public String toString() {
        return (tls ? "tls://" : "nats://") + bracketed(host) + ":" + port;
    }

    static String bracketed(String host) {
        return host.indexOf(':') < 0 ? host : "[" + host + "]";
    }
}

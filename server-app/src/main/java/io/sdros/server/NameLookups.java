package io.sdros.server;

import java.security.Security;

/** How long the JVM remembers what a host name resolved to. */
final class NameLookups {
    private static final String FOUND_SECONDS = "5";
    private static final String NOT_FOUND_SECONDS = "1";

    private NameLookups() {
    }

    /**
     * Makes the JVM forget names soon; to be called before anything resolves one, since the JVM reads these once. Its
     * defaults are 10 s for a name that did not resolve and 30 s for an address. A container's name does not resolve while
     * it is down and often has another address when it is back, so with the defaults NATS would be missed for that long.
     */
    static void forgetSoon() {
        Security.setProperty("networkaddress.cache.ttl", FOUND_SECONDS);
        Security.setProperty("networkaddress.cache.negative.ttl", NOT_FOUND_SECONDS);
    }
}

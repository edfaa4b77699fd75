package io.sdros.transport.undertow;

import java.util.Locale;

/** Why a handshake was turned down. */
public enum RefusalReason {
    /** Wrong Origin, 403. */
    ORIGIN,
    /** A page under a host name that is not this server's, 403. */
    HOST,
    /** Missing or wrong token, 401. */
    TOKEN,
    /** Client limit reached, 503. */
    LIMIT,
    /** Too many clients from one address, 503. */
    ADDRESS_LIMIT,
    /** The server is being closed, 503. */
    STOPPING,
    /** Not a correct WebSocket handshake, or a wrong parameter in its address, 400 or 426. Plain requests for the path are not counted. */
    HANDSHAKE;

    /** For metric labels. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}

package io.sdros.telemetry.nats;

import io.sdros.telemetry.nats.connection.ServerList;
import java.util.Optional;

/**
 * The grammar of a server list: {@code [nats://|tls://][user:password@|token@]host[:port]}, several separated by commas.
 * The port is 4222 unless given, an IPv6 address stands in brackets, and whatever would be misread in a user, password or
 * token ({@code @ : / , %}) is written as a percent escape.
 */
public final class NatsServers {
    private NatsServers() {
    }

    /**
     * What is wrong with a server list, as a clause that quotes no part of the list, since any part may be a secret; empty
     * if nothing is.
     */
    public static Optional<String> problemWith(String servers) {
        try {
            ServerList.parse(servers);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(e.getMessage());
        }
    }
}

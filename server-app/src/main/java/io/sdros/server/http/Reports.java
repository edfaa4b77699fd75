package io.sdros.server.http;

import java.util.Optional;

/** What the routes ask the server for. Any thread. */
public interface Reports {

    HealthReport health();

    /** Of all streams. */
    StreamsReady ready();

    /** Of the stream of this name; empty if there is none. */
    Optional<StreamsReady> ready(String stream);

    StreamsReport streams();

    /** Of all streams, or of the one of this name; empty if there is none. */
    Optional<ClientsReport> clients(Optional<String> stream);
}

package io.sdros.telemetry.nats.connection;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;

/**
 * How to connect, and how to know that a connection is lost.
 *
 * @param servers          tried in this order
 * @param credentialsFile  a user JWT with its NKey seed, or such a seed alone; read for every attempt
 * @param caFile           the only authorities to trust, in PEM; read likewise
 * @param name             what the server and the threads are told
 * @param connectTimeout   how long one address may take
 * @param outgoingMessages how many may wait to be written before further ones are discarded
 * @param pings            how the connection is watched
 * @param words            what lines in the log begin with
 * @param log              where they go
 */
public record ConnectionSettings(
        List<ServerAddress> servers,
        Optional<Path> credentialsFile,
        Optional<Path> caFile,
        String name,
        Duration connectTimeout,
        int outgoingMessages,
        Pings pings,
        String words,
        Logger log) {

    /**
     * A server that does not answer is given up after the two times together.
     *
     * @param pause         between an answer and the next ping
     * @param timeout       how long an answer may take
     * @param trafficIsLife whether a server may take longer that has sent anything meanwhile, or that answers others while
     *                      much is on its way to it: the answer, or the ping, waits behind it
     */
    public record Pings(Duration pause, Duration timeout, boolean trafficIsLife) {
    }
}

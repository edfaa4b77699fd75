package io.sdros.relay.nats;

import io.sdros.relay.nats.link.NatsLink;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * A process's connection to the NATS servers that carry frames between machines; besides that for telemetry, so that one
 * does not delay the other. It is made again whenever it is lost. Any thread.
 */
public final class RelayConnection implements AutoCloseable {

    private final NatsLink link;

    /**
     * One that has not been started.
     *
     * @param servers         as {@link io.sdros.telemetry.nats.NatsServers} describes a list
     * @param credentialsFile to log in with; read for every attempt
     * @param caFile          the only authorities to trust, in PEM; read likewise
     * @param name            what the server and the threads are told
     * @throws IllegalArgumentException if the list of servers is wrong
     */
    public RelayConnection(String servers, Optional<Path> credentialsFile, Optional<Path> caFile, String name) {
        link = new NatsLink(servers, credentialsFile, caFile, name);
    }

    /** What may wait, in a heap of this size, of what has come over a connection, until its streams have taken it. */
    public static long mostWaitingBytes(long heapBytes) {
        return NatsLink.mostWaitingBytes(heapBytes);
    }

    /** For streams from other machines. */
    public EdgeStreams edgeStreams(String prefix) {
        return new EdgeStreams(link, prefix);
    }

    /** For streams of this machine that others may take. */
    public OriginStreams originStreams(String prefix) {
        return new OriginStreams(link, prefix);
    }

    /** Begins to connect, in the background. Once. */
    public void start() {
        link.start();
    }

    /** Whether there is a connection, as far as is known. */
    public boolean connected() {
        return link.connected();
    }

    /** How it stands, in a word for people: connected, connecting, … */
    public String state() {
        return link.status().state().name().toLowerCase(Locale.ROOT);
    }

    /** Ends the connection. Waits a second or two at most. */
    @Override
    public void close() {
        link.close();
    }
}

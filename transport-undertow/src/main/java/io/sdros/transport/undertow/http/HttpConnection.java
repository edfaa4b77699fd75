package io.sdros.transport.undertow.http;

import java.net.InetAddress;

/** A connection that is no viewer, as {@link HttpConnections} keeps it; its fields are guarded by that. */
public final class HttpConnection {

    /** How it is ended: aborted, if nothing was ever answered on it, so that not even the kernel remembers it. */
    @FunctionalInterface
    interface Ending {

        /** Any thread; must not block. */
        void end(boolean abort);
    }

    final InetAddress subscriber;
    final boolean trusted;
    final Ending ending;
    final long number;
    boolean answered;
    boolean left;

    HttpConnection(InetAddress subscriber, boolean trusted, long number, Ending ending) {
        this.subscriber = subscriber;
        this.trusted = trusted;
        this.number = number;
        this.ending = ending;
    }
}

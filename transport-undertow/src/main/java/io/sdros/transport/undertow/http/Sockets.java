package io.sdros.transport.undertow.http;

import java.io.IOException;
import org.xnio.Options;
import org.xnio.StreamConnection;

/** Socket options of one connection. */
public final class Sockets {

    private Sockets() {
    }

    /** Returns false if the socket is gone already, which the first read shows. */
    public static boolean setSendBuffer(StreamConnection channel, int bytes) {
        try {
            channel.setOption(Options.SEND_BUFFER, bytes);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Closing aborts the connection: the kernel drops what the client did not fetch, and keeps no state of it. */
    public static void abortAtClose(StreamConnection channel) {
        try {
            channel.setOption(Options.CLOSE_ABORT, true);
        } catch (IOException | UnsupportedOperationException e) {
            // The socket is gone already, or it is not a socket: closing is all there is.
            return;
        }
    }
}

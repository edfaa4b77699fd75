package io.sdros.transport.undertow.http;

import java.io.IOException;
import org.xnio.Options;
import org.xnio.StreamConnection;

/** What is said to the kernel about one connection. */
public final class Sockets {

    private Sockets() {
    }

    /** Closing aborts: the kernel forgets what the client did not fetch, and the connection with it. */
    public static void forgetAtClose(StreamConnection channel) {
        try {
            channel.setOption(Options.CLOSE_ABORT, true);
        } catch (IOException | UnsupportedOperationException e) {
            // The socket is gone already, or it is not a socket: closing is all there is.
            return;
        }
    }
}

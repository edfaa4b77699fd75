package io.sdros.telemetry.nats.connection;

/**
 * What a connection has done so far that shows that it lives though the answer to a ping does not come: the answer waits behind
 * what the server sends, and the ping behind what is sent to the server, which on a narrow way may take longer than a ping may.
 *
 * @param messagesReceived so far
 * @param bytesWritten     so far, as far as the kernel has taken them
 * @param bytesWaiting     to be written
 */
record SignsOfLife(long messagesReceived, long bytesWritten, long bytesWaiting) {

    /** Pings and the like are written to a dead connection, too, until the kernel's buffer is full. */
    private static final long LEAST_BYTES = 1024;

    /** How much was given to the connection to be sent, whether or not it has left. */
    long bytesHandedOver() {
        return bytesWritten + bytesWaiting;
    }

    /** Whether there is one since then: something has come, or a backlog gets shorter. */
    boolean since(SignsOfLife before) {
        boolean backlog = before.bytesWaiting > 0 || bytesWaiting > 0;
        return messagesReceived != before.messagesReceived || backlog && bytesWritten - before.bytesWritten >= LEAST_BYTES;
    }
}

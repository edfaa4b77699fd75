package io.sdros.telemetry.nats.connection;

import java.util.concurrent.TimeoutException;

/**
 * What is done with the connections that a {@link ConnectLoop} makes, one after the other. All is called on the loop's
 * thread.
 */
public interface ConnectionUser {

    /**
     * There is a connection. Subscribes, and returns when the server has seen it; only then does it count as made.
     *
     * @throws TimeoutException if the server does not answer, which ends the connection
     */
    void begin(NatsConnection connection) throws TimeoutException, InterruptedException;

    /**
     * A ping has been answered.
     *
     * @param lateNanos how much longer it took than it would have with nothing in the way
     * @throws TimeoutException if the server does not answer something else, which ends the connection
     */
    default void pinged(NatsConnection connection, long lateNanos) throws TimeoutException, InterruptedException {
    }

    /**
     * It is lost, and not because it was closed here. May be the place to say more.
     *
     * @param lateNanos as above, of the round in which it was lost
     * @param silent    whether the server has stopped answering
     * @return why, in a few words
     */
    default String lost(NatsConnection connection, long lateNanos, boolean silent) {
        return silent ? ConnectLoop.SILENT : connection.events().reason();
    }

    /** The connection is over, whoever ended it. Called after each {@link #begin}, also one that threw. */
    void end(NatsConnection connection);
}

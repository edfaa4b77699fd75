package io.sdros.telemetry.nats.connection;

import io.nats.client.Connection;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/**
 * One connection to one server, from its handshake until it is lost. It never reconnects: a lost one is closed and forgotten
 * with all it had queued, and the next one starts from nothing. Any thread.
 *
 * @param connection of jnats
 * @param events     what it has said of it
 */
public record NatsConnection(ServerAddress server, Connection connection, ConnectionEvents events) {

    /** As far as is known. */
    public boolean open() {
        return connection.getStatus() == Connection.Status.CONNECTED;
    }

    /** Returns when the server has seen everything from here, and everything it had for us at that moment is here. */
    public void ping(Duration timeout) throws TimeoutException, InterruptedException {
        connection.flush(timeout);
    }

    /** How many messages have come. */
    public long messagesReceived() {
        return connection.getStatistics().getInMsgs();
    }

    SignsOfLife signsOfLife() {
        return new SignsOfLife(messagesReceived(), connection.getStatistics().getOutBytes(), connection.outgoingPendingBytes());
    }

    /** Gives it up, soon. */
    public void giveUp() {
        events.lost();
    }

    /** Gives it up. May take seconds if the server does not answer. */
    void close() {
        events.lost();
        ConnectionEvents.close(connection);
    }
}

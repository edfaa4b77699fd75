package io.sdros.relay.nats.link;

import java.util.function.Consumer;

/**
 * A connection to NATS that is made again whenever it is lost. All methods are for any thread, and none blocks.
 *
 * <p>Messages and changes are told on one thread at a time, in the order in which they came.
 */
public interface RelayLink {

    /** What the subjects of {@link #newInbox} begin with. */
    String INBOX_PREFIX = "_INBOX.";

    /**
     * Hands a message to the connection. Nothing is kept for the next connection.
     *
     * @param payload from here on the link's
     * @return false if there is no connection, or it does not take the message
     */
    boolean publish(String subject, byte[] payload);

    /** As {@link #publish(String, byte[])}, and says where answers go, or the server's word that nobody has heard it. */
    boolean publish(String subject, String replyTo, byte[] payload);

    /**
     * Subscribes, on this connection and on all that follow it. What is published after this on the same link is behind it.
     *
     * @return ends the subscription
     */
    LinkSubscription subscribe(String filter, Consumer<LinkMessage> listener);

    /** Tells of each new connection, once everything is subscribed to on it. */
    void onConnected(Runnable listener);

    /** Whether there is a connection, as far as is known. */
    boolean connected();

    /** What has been handed to the connection and not yet to the kernel. */
    long pendingBytes();

    /** The longest message that the server takes; that of the last connection if there is none now. */
    int maxPayloadBytes();

    /** Another new subject for answers. */
    String newInbox();

    /** Gives the connection up, with all that is on its way here, and makes another. */
    void reconnect();

    /** A subscription that can be ended. */
    interface LinkSubscription extends AutoCloseable {

        /** Nothing more is told once a call that is under way has returned. */
        @Override
        void close();
    }
}

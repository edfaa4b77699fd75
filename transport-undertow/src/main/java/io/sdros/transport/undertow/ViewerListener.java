package io.sdros.transport.undertow;

import java.net.InetAddress;

/**
 * Told of viewers who come and go, and of what they say. Called on I/O threads, several at a time: a method that blocks holds up
 * other viewers. What one throws ends the viewer it is about, if that has not happened yet.
 */
public interface ViewerListener {

    /** Hears nothing. */
    ViewerListener NONE = new ViewerListener() { };

    /**
     * A viewer is connected and has been sent nothing yet. What is {@linkplain VideoFeed#announce announced} now is what it is
     * told first. The address is the nearest that is no trusted proxy.
     */
    default void onJoined(InetAddress address) {
    }

    /** A viewer's connection has ended; told once for each that joined. */
    default void onLeft(ViewerLeft left) {
    }

    /** A viewer that speaks sdr.2 has sent feedback that can be true; at most 200 times a second each. */
    default void onFeedback(ViewerFeedback feedback) {
    }

    /** A viewer has sent its first text or binary message, which was ignored; nothing is told of the next ones. */
    default void onMessageIgnored(InetAddress address, int lengthBytes) {
    }
}

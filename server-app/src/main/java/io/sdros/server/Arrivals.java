package io.sdros.server;

import io.sdros.transport.undertow.ViewerFeedback;
import io.sdros.transport.undertow.ViewerLeft;
import io.sdros.transport.undertow.ViewerListener;
import java.net.InetAddress;

/**
 * Tells of viewers who come before they are told anything themselves, on their I/O threads.
 *
 * @param comes run for each
 * @param next  told everything
 */
record Arrivals(Runnable comes, ViewerListener next) implements ViewerListener {

    @Override
    public void onJoined(InetAddress address) {
        comes.run();
        next.onJoined(address);
    }

    @Override
    public void onLeft(ViewerLeft left) {
        next.onLeft(left);
    }

    @Override
    public void onFeedback(ViewerFeedback feedback) {
        next.onFeedback(feedback);
    }

    @Override
    public void onMessageIgnored(InetAddress address, int lengthBytes) {
        next.onMessageIgnored(address, lengthBytes);
    }
}

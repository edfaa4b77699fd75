package io.sdros.transport.undertow;

import java.net.InetSocketAddress;

/** The listen address could not be bound; the message names it and the cause. */
public final class ListenFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ListenFailedException(InetSocketAddress address, Exception cause) {
        super("Cannot listen on " + text(address) + ": " + reason(cause), cause);
    }

    private static String text(InetSocketAddress address) {
        String host = address.isUnresolved() ? address.getHostString() : address.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    private static String reason(Exception cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}

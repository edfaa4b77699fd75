package io.sdros.transport.undertow;

import java.time.Duration;

/** The times a connection is measured against. */
record ConnectionTimeouts(long pingIntervalNanos, long idleNanos, long stallNanos, long closeReplyNanos) {

    static ConnectionTimeouts of(Duration pingInterval, Duration idle, Duration stall, Duration closeReply) {
        return new ConnectionTimeouts(pingInterval.toNanos(), idle.toNanos(), stall.toNanos(), closeReply.toNanos());
    }
}

package io.sdros.fanout;

import java.util.Objects;

/** One published message of a {@link LatestValueBroadcaster}, wrapped once and shared by the queues that hold it. */
record KeyedMessage<K, M>(K key, M message) {

    KeyedMessage {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(message, "message");
    }
}

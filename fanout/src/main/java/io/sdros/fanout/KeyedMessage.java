package io.sdros.fanout;

/**
 * One published message of a {@link LatestValueBroadcaster}, wrapped once and shared by the queues that hold it.
 * Immutable.
 *
 * @param number +1 per publication
 */
record KeyedMessage<K, M>(Topic<K, M> topic, M message, int sizeBytes, long number) {}

package io.sdros.fanout;

/**
 * Totals of a {@link LatestValueBroadcaster} since it was built, and two present sizes.
 *
 * @param evicted messages dropped from full queues; one message dropped for two subscribers counts twice
 * @param failedCallbacks times a {@link Wakeup} threw
 * @param cachedKeys keys whose last message is kept now
 * @param subscribers subscriptions now
 */
public record LatestValueStatistics(
        long published, long evicted, long failedCallbacks, int cachedKeys, int subscribers) {}

package io.sdros.fanout;

/**
 * @param sent requests that the sink took
 * @param coalesced needs that did not lead to a request of their own at once, because another was due or had just been
 *     made
 * @param failed requests that the sink refused
 */
public record KeyframeRequestStatistics(long sent, long coalesced, long failed) {}

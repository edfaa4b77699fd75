package io.sdros.fanout;

/** Passes keyframe requests on to whoever can produce a keyframe. */
@FunctionalInterface
public interface KeyframeRequestSink {

    /**
     * Called on the producer thread, so it must not block; never concurrently.
     *
     * @param clients how many subscribers are waiting for a keyframe right now, at least 1
     * @return false if the request could not be sent; it is tried again after the request interval. An exception
     *     counts as false.
     */
    boolean request(KeyframeRequestReason reason, int clients);
}

package io.sdros.server.rate;

/**
 * What one feedback of a viewer says of its connection. Times are nanoseconds of the server's clock.
 *
 * @param atNanos when the server heard it
 * @param receivedNanos when the newest frame that the viewer has came to it
 * @param carriedBytes of everything sent to it, up to the end of that frame
 * @param delayNanos from that frame's first byte going to the kernel to its being received
 * @param clockErrorNanos by how much that may be wrong, since the viewer has another clock
 */
public record RateSample(long atNanos, long receivedNanos, long carriedBytes, long delayNanos, long clockErrorNanos) {

    /** By one clock. */
    public RateSample(long atNanos, long receivedNanos, long carriedBytes, long delayNanos) {
        this(atNanos, receivedNanos, carriedBytes, delayNanos, 0);
    }
}

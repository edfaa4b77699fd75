package io.sdros.transport.undertow;

import java.net.InetAddress;
import java.time.Duration;

/**
 * What there is to say of a viewer who has gone.
 *
 * @param address         the nearest that is no trusted proxy
 * @param connected       from the upgrade to the end
 * @param videoMessages   handed to the kernel completely
 * @param sentBytes       of everything, handed to the kernel; both numbers may lack what was being written at the end
 * @param ignoredMessages that the viewer sent
 */
public record ViewerLeft(InetAddress address, ClosedReason reason, Duration connected, long videoMessages, long sentBytes,
        long ignoredMessages) {
}

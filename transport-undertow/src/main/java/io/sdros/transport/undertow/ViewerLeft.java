package io.sdros.transport.undertow;

import java.net.InetAddress;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * What there is to say of a viewer who has gone.
 *
 * @param viewer          its number, as in its feedback; absent for one that does not speak sdr.2
 * @param address         the nearest that is no trusted proxy
 * @param connected       from the upgrade to the end
 * @param videoMessages   handed to the kernel completely
 * @param sentBytes       of everything, handed to the kernel; both numbers may lack what was being written at the end
 * @param ignoredMessages that the viewer sent
 */
public record ViewerLeft(OptionalLong viewer, InetAddress address, ClosedReason reason, Duration connected,
        long videoMessages, long sentBytes, long ignoredMessages) {
}

package io.sdros.transport.undertow;

import io.sdros.fanout.DropReason;
import io.sdros.fanout.SubscriptionState;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * How one viewer is, at a moment; numbers of one report may differ by what happened while it was made.
 *
 * @param address         the nearest that is no trusted proxy
 * @param connected       since the upgrade
 * @param video           where its subscription is; closed while it is paused
 * @param videoMessages   handed to the kernel completely, since it came
 * @param sentBytes       of everything, handed to the kernel, since it came
 * @param maxFps          so many frames a second at most it asked for; empty: for all
 * @param dropped         frames that it was not sent, since it came or began anew; every reason has an entry
 * @param lagEvents       times it fell behind, since then
 * @param carriedBps      bits a second that its connection was measured to carry; absent while it carries all there is
 * @param sendBufferBytes what its socket's was asked to be; absent if that is the kernel's choice
 * @param sdr2            whether it speaks that
 * @param said            absent until its first feedback
 */
public record ViewerReport(InetAddress address, Duration connected, SubscriptionState video, long videoMessages, long sentBytes,
        OptionalDouble maxFps, Map<DropReason, Long> dropped, long lagEvents, OptionalLong carriedBps, OptionalLong sendBufferBytes,
        boolean sdr2, Optional<Said> said) {

    /** Makes the map immutable. */
    public ViewerReport {
        dropped = Map.copyOf(dropped);
    }

    /**
     * What a viewer that speaks sdr.2 says.
     *
     * @param last             its last feedback
     * @param silent           how long ago that was
     * @param unreceivedFrames begun, and newer than the newest that it has
     * @param windowOpen       whether one more may be begun
     * @param delays           of the frames of which it spoke last; stages of which nothing is known have no entry
     */
    public record Said(ViewerFeedback last, Duration silent, long unreceivedFrames, boolean windowOpen, ViewerDelays delays) {
    }
}

package io.sdros.transport.undertow;

import io.sdros.fanout.SubscriptionOptions;
import java.net.InetAddress;
import java.util.OptionalDouble;

/**
 * What a client asked for when it came.
 *
 * @param address   the nearest that is no trusted proxy
 * @param sdr2      to speak that subprotocol
 * @param telemetry to be sent any: not with {@code telemetry=0} in the query
 * @param maxFps    so many frames a second at most, {@code max_fps=} in the query; empty: all there are
 */
record ViewerRequest(InetAddress address, boolean sdr2, boolean telemetry, OptionalDouble maxFps) {

    /** Who speaks sdr.2 is told which frames may be missing. */
    SubscriptionOptions videoOptions() {
        return new SubscriptionOptions(sdr2, maxFps);
    }
}

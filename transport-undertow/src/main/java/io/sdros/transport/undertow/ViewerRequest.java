package io.sdros.transport.undertow;

import java.net.InetAddress;

/**
 * What a client asked for when it came.
 *
 * @param address   the nearest that is no trusted proxy
 * @param sdr2      to speak that subprotocol
 * @param telemetry to be sent any: not with {@code telemetry=0} in the query
 */
record ViewerRequest(InetAddress address, boolean sdr2, boolean telemetry) {
}

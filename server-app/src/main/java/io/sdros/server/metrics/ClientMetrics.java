package io.sdros.server.metrics;

import java.util.Map;

/**
 * What the connections have counted since the start.
 *
 * @param connected clients at the moment
 * @param accepted clients ever
 * @param closed ended connections by reason
 * @param refused clients turned away before the upgrade, by reason
 * @param strangers connections that are no clients, at the moment
 * @param strangersCut those that had to give way to others, by reason
 * @param videoMessages frames handed to the kernel, once per client
 * @param videoBytes the bytes of those, WebSocket headers included
 * @param commitToSocketDelay from a frame's commit being seen to its last byte being handed to the kernel, in seconds
 */
public record ClientMetrics(int connected, long accepted, Map<String, Long> closed, Map<String, Long> refused, int strangers,
                     Map<String, Long> strangersCut, long videoMessages, long videoBytes, long telemetryMessages, long inboundMessages, HistogramSnapshot commitToSocketDelay) {

    public ClientMetrics {
        closed = Map.copyOf(closed);
        refused = Map.copyOf(refused);
        strangersCut = Map.copyOf(strangersCut);
    }
}

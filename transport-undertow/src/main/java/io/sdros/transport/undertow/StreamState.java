package io.sdros.transport.undertow;

import io.sdros.transport.undertow.sdr2.StateMessage;
import io.sdros.transport.undertow.ws.OutboundFrame;

/** What clients of sdr.2 are told of a stream, framed once for all. Any thread. */
final class StreamState {

    private volatile OutboundFrame frame; // null until something has been announced
    private String announced = "";

    /** Returns false if the same was announced before. */
    synchronized boolean announce(String json) {
        if (json.equals(announced)) {
            return false;
        }
        announced = json;
        frame = StateMessage.of(json);
        return true;
    }

    /** The last one; null while there is none. */
    OutboundFrame frame() {
        return frame;
    }
}

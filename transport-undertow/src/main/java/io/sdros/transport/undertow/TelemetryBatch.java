package io.sdros.transport.undertow;

import io.sdros.fanout.LatestValueSubscription;
import io.sdros.transport.undertow.ws.OutboundFrame;
import java.util.Arrays;

/**
 * Puts the telemetry that waits for a client into one write. Clients that keep up wait for the same messages, so what was
 * joined for one of them serves the next ones too. One thread's, for clients of one protocol.
 */
final class TelemetryBatch {

    static final int MAX_MESSAGES = 32;

    private final boolean timed;
    private final OutboundFrame[] taken = new OutboundFrame[MAX_MESSAGES];
    private OutboundFrame[] joined = {};
    private OutboundFrame frames = new OutboundFrame(new byte[0], 0, 0);
    private int count;

    /** @param timed whether the clients speak sdr.2 */
    TelemetryBatch(boolean timed) {
        this.timed = timed;
    }

    /**
     * Takes what waits behind the first message, as long as all together have no more bytes than this; the result holds
     * whole WebSocket frames, one for each message.
     */
    OutboundFrame take(TelemetryMessage first, LatestValueSubscription<String, TelemetryMessage> waiting, int mostBytes) {
        count = 0;
        int bytes = 0;
        for (TelemetryMessage next = first; next != null; next = more(waiting, mostBytes - bytes)) {
            OutboundFrame frame = timed ? next.timedFrame(waiting.lastWasKept()) : next.frame();
            taken[count++] = frame;
            bytes += frame.lengthBytes();
        }
        if (count == 1) {
            return taken[0];
        }
        if (!takenAreJoined()) {
            join(bytes);
        }
        return frames;
    }

    private boolean takenAreJoined() {
        if (count != joined.length) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            if (taken[i] != joined[i]) {
                return false;
            }
        }
        return true;
    }

    /** How many messages the last result holds. */
    int count() {
        return count;
    }

    /** Lets go of the messages, so that an idle server does not keep them in memory. */
    void forget() {
        Arrays.fill(taken, null);
        joined = new OutboundFrame[0];
    }

    private TelemetryMessage more(LatestValueSubscription<String, TelemetryMessage> waiting, int mostBytes) {
        return count < MAX_MESSAGES && mostBytes > 0 ? waiting.poll(mostBytes) : null;
    }

    private void join(int bytes) {
        byte[] array = new byte[bytes];
        int end = 0;
        for (int i = 0; i < count; i++) {
            OutboundFrame frame = taken[i];
            System.arraycopy(frame.array(), frame.offset(), array, end, frame.lengthBytes());
            end += frame.lengthBytes();
        }
        joined = Arrays.copyOf(taken, count);
        frames = new OutboundFrame(array, 0, bytes);
    }
}

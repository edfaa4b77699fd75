package io.sdros.transport.undertow;

import io.sdros.fanout.LatestValueSubscription;
import io.sdros.transport.undertow.ws.OutboundFrame;
import java.util.Arrays;

/**
 * Puts the telemetry that waits for a client into one write. Clients that keep up wait for the same messages, so what was
 * joined for one of them serves the next ones too. One thread's.
 */
final class TelemetryBatch {

    static final int MAX_MESSAGES = 32;

    private final TelemetryMessage[] taken = new TelemetryMessage[MAX_MESSAGES];
    private TelemetryMessage[] joined = {};
    private OutboundFrame frames = new OutboundFrame(new byte[0], 0, 0);
    private int count;

    /**
     * Takes what waits behind the first message, as long as all together have no more bytes than this; the result holds
     * whole WebSocket frames, one for each message.
     */
    OutboundFrame take(TelemetryMessage first, LatestValueSubscription<String, TelemetryMessage> waiting, int mostBytes) {
        count = 0;
        int bytes = 0;
        for (TelemetryMessage next = first; next != null; next = more(waiting, mostBytes - bytes)) {
            taken[count++] = next;
            bytes += next.lengthBytes();
        }
        if (count == 1) {
            return first.frame();
        }
        if (!Arrays.equals(taken, 0, count, joined, 0, joined.length)) {
            join(bytes);
        }
        return frames;
    }

    /** How many messages the last result holds. */
    int count() {
        return count;
    }

    /** Lets go of the messages, so that an idle server does not keep them in memory. */
    void forget() {
        Arrays.fill(taken, null);
        joined = new TelemetryMessage[0];
    }

    private TelemetryMessage more(LatestValueSubscription<String, TelemetryMessage> waiting, int mostBytes) {
        return count < MAX_MESSAGES && mostBytes > 0 ? waiting.poll(mostBytes) : null;
    }

    private void join(int bytes) {
        byte[] array = new byte[bytes];
        int end = 0;
        for (int i = 0; i < count; i++) {
            OutboundFrame frame = taken[i].frame();
            System.arraycopy(frame.array(), frame.offset(), array, end, frame.lengthBytes());
            end += frame.lengthBytes();
        }
        joined = Arrays.copyOf(taken, count);
        frames = new OutboundFrame(array, 0, bytes);
    }
}

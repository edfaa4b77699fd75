package io.sdros.transport.undertow;

import io.sdros.transport.undertow.ws.ScratchBuffer;

/**
 * What a thread that writes to a feed's viewers writes with: the I/O threads and the publishing thread.
 *
 * @param writesPerDrain how many writes to one client are made in one drain, so that the others are served
 * @param scratch       the thread's
 * @param telemetry     the thread's, for clients that do not speak sdr.2
 * @param timedTelemetry the thread's, for those that do
 * @param counters      what this thread has sent to this feed's viewers
 */
record WriteContext(int writesPerDrain, ScratchBuffer scratch, TelemetryBatch telemetry, TelemetryBatch timedTelemetry,
        WriteCounters counters) {

    private static final int WRITES_OF_IO_THREAD = 64;

    /** What waits for a client that keeps up: pongs, telemetry, a frame. The next frame is not to wait for more. */
    private static final int WRITES_OF_PUBLISHER = 8;

    static WriteContext ofIoThread(ScratchBuffer scratch, TelemetryBatch telemetry, TelemetryBatch timedTelemetry) {
        return new WriteContext(WRITES_OF_IO_THREAD, scratch, telemetry, timedTelemetry, new WriteCounters());
    }

    static WriteContext ofPublisher() {
        return new WriteContext(WRITES_OF_PUBLISHER, new ScratchBuffer(), new TelemetryBatch(false), new TelemetryBatch(true),
                new WriteCounters());
    }

    TelemetryBatch telemetry(boolean timed) {
        return timed ? timedTelemetry : telemetry;
    }
}

package io.sdros.transport.undertow;

import io.sdros.transport.undertow.ws.ScratchBuffer;

/**
 * What a thread that writes to a feed's viewers writes with: the I/O threads and the publishing thread.
 *
 * @param writesPerTurn how many writes to one client are made before the others get their turn
 * @param scratch       the thread's
 * @param telemetry     the thread's
 * @param counters      what this thread has sent to this feed's viewers
 */
record Writer(int writesPerTurn, ScratchBuffer scratch, TelemetryBatch telemetry, WriterCounters counters) {

    private static final int WRITES_OF_IO_THREAD = 64;

    /** What waits for a client that keeps up: pongs, telemetry, a frame. The next frame is not to wait for more. */
    private static final int WRITES_OF_PUBLISHER = 8;

    static Writer ofIoThread(ScratchBuffer scratch, TelemetryBatch telemetry) {
        return new Writer(WRITES_OF_IO_THREAD, scratch, telemetry, new WriterCounters());
    }

    static Writer ofPublisher() {
        return new Writer(WRITES_OF_PUBLISHER, new ScratchBuffer(), new TelemetryBatch(), new WriterCounters());
    }
}

package io.sdros.transport.undertow;

import io.sdros.transport.undertow.ws.ScratchBuffer;

/**
 * What every thread that writes to clients owns: the lanes' I/O threads and the publishing thread.
 *
 * @param writesPerTurn how many writes to one client are made before the others get their turn
 */
record Writer(int writesPerTurn, ScratchBuffer scratch, TelemetryBatch telemetry, WriterCounters counters) {

    private static final int WRITES_OF_IO_THREAD = 64;

    /** What waits for a client that keeps up: pongs, telemetry, a frame. The next frame is not to wait for more. */
    private static final int WRITES_OF_PUBLISHER = 8;

    static Writer ofIoThread() {
        return new Writer(WRITES_OF_IO_THREAD, new ScratchBuffer(), new TelemetryBatch(), new WriterCounters());
    }

    static Writer ofPublisher() {
        return new Writer(WRITES_OF_PUBLISHER, new ScratchBuffer(), new TelemetryBatch(), new WriterCounters());
    }

    /** Lets go of what was sent last. */
    void forget() {
        scratch.forget();
        telemetry.forget();
    }
}

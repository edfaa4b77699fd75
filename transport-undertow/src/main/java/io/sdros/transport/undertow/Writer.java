package io.sdros.transport.undertow;

/** What every thread that writes to clients owns: the lanes' I/O threads and the publishing thread. */
record Writer(ScratchBuffer scratch, TelemetryBatch telemetry, WriterCounters counters) {

    Writer() {
        this(new ScratchBuffer(), new TelemetryBatch(), new WriterCounters());
    }

    /** Lets go of what was sent last. */
    void forget() {
        scratch.forget();
        telemetry.forget();
    }
}

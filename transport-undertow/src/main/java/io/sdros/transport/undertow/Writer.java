package io.sdros.transport.undertow;

/** What every thread that writes to clients owns: the lanes' I/O threads and the publishing thread. */
record Writer(ScratchBuffer scratch, WriterCounters counters) {

    Writer() {
        this(new ScratchBuffer(), new WriterCounters());
    }
}

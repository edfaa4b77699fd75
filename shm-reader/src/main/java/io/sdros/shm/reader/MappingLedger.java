package io.sdros.shm.reader;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

/**
 * Bounds the mappings nobody uses any more. Java 17 has no way to undo a mapping but the garbage collector, which
 * knows nothing of the memory behind one; a file replaced again and again would keep every version alive.
 */
final class MappingLedger {

    static final int MAX_STALE = 4;

    private final ReferenceQueue<ByteBuffer> reclaimed = new ReferenceQueue<>();
    private final Set<Reference<ByteBuffer>> outstanding = new HashSet<>();
    private final Runnable collector;

    MappingLedger(Runnable collector) {
        this.collector = collector;
    }

    /** Asks for a collection if too many mappings are left. To be called when none is in use. */
    void beforeMapping() {
        for (Reference<?> gone = reclaimed.poll(); gone != null; gone = reclaimed.poll()) {
            outstanding.remove(gone);
        }
        if (outstanding.size() > MAX_STALE) {
            collector.run();
        }
    }

    /** Takes note of a mapping just made. */
    void mapped(ByteBuffer mapping) {
        outstanding.add(new PhantomReference<>(mapping, reclaimed));
    }

    /** Mappings not known to be undone. */
    int outstanding() {
        return outstanding.size();
    }
}

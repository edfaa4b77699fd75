package io.sdros.transport.undertow;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** A delay that is observed now and then, added to and read by any thread. */
final class DelayCounts {

    private final AtomicLongArray buckets = new AtomicLongArray(DelayHistogram.BUCKETS);
    private final LongAdder sumNanos = new LongAdder();

    void observe(long nanos) {
        buckets.incrementAndGet(DelayHistogram.bucketOf(nanos));
        sumNanos.add(nanos);
    }

    DelayHistogram histogram() {
        return DelayHistogram.of(buckets::get, sumNanos.sum());
    }
}

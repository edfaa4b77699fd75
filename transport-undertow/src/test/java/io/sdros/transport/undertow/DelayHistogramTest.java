package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DelayHistogramTest {

    @Test
    void boundsBelongToTheirBucket() {
        assertThat(DelayHistogram.bucketOf(0)).isZero();
        assertThat(DelayHistogram.bucketOf(50_000)).isZero();
        assertThat(DelayHistogram.bucketOf(50_001)).isEqualTo(1);
        assertThat(DelayHistogram.bucketOf(1_000_000_000)).isEqualTo(DelayHistogram.BUCKETS - 2);
        assertThat(DelayHistogram.bucketOf(Long.MAX_VALUE)).isEqualTo(DelayHistogram.BUCKETS - 1);
    }

    @Test
    void sumsAllWriters() {
        WriteCounters first = new WriteCounters();
        WriteCounters second = new WriteCounters();
        first.videoDelay(10);
        first.videoDelay(2_000_000_000);
        second.videoDelay(20);

        DelayHistogram sum = DelayHistogram.sum(List.of(first, second));

        assertThat(sum.count()).isEqualTo(3);
        assertThat(sum.sumNanos()).isEqualTo(2_000_000_030L);
        assertThat(sum.counts().get(0)).isEqualTo(2);
        assertThat(sum.counts()).last().isEqualTo(1L);
        assertThat(sum.boundsNanos()).isSorted().hasSize(sum.counts().size() - 1);
    }
}

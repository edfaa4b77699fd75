package io.sdros.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sdros.transport.undertow.DelayHistogram;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HistogramsTest {

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0", "1024, 0", "1025, 1", "2048, 1", "2049, 2", "4194304, 12", "4194305, 13", "2147483647, 13"})
    void aSizeIsCountedInTheFirstBucketThatHoldsIt(int bytes, int bucket) {
        FrameSizeHistogram sizes = new FrameSizeHistogram();

        sizes.observe(bytes);

        HistogramSnapshot snapshot = sizes.snapshot();
        assertThat(snapshot.counts()[bucket]).isEqualTo(1);
        assertThat(snapshot.sum()).isEqualTo(bytes);
        if (bucket < snapshot.upperBounds().length) {
            assertThat((double) bytes).isLessThanOrEqualTo(snapshot.upperBounds()[bucket]);
        }
    }

    @Test
    void boundsDoubleFromOneKibibyteToFourMebibytes() {
        double[] bounds = new FrameSizeHistogram().snapshot().upperBounds();

        assertThat(bounds).hasSize(13).startsWith(1024, 2048).endsWith(4_194_304);
    }

    @Test
    void observationsAddUp() {
        FrameSizeHistogram sizes = new FrameSizeHistogram();

        sizes.observe(100);
        sizes.observe(200);

        assertThat(sizes.snapshot().counts()[0]).isEqualTo(2);
        assertThat(sizes.snapshot().sum()).isEqualTo(300);
    }

    @Test
    void nanosecondsBecomeSeconds() {
        HistogramSnapshot snapshot = HistogramSnapshot.of(new DelayHistogram(List.of(500_000L, 1_000_000_000L),
                List.of(1L, 2L, 3L), 4_500_000_000L));

        assertThat(snapshot.upperBounds()).containsExactly(0.0005, 1);
        assertThat(snapshot.sum()).isEqualTo(4.5);
        assertThat(snapshot.counts()).containsExactly(1, 2, 3);
    }

    @Test
    void boundsAndCountsMustFit() {
        assertThatThrownBy(() -> new HistogramSnapshot(new double[2], new long[2], 0)).isInstanceOf(IllegalArgumentException.class);
    }
}

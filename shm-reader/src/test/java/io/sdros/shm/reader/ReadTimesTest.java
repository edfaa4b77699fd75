package io.sdros.shm.reader;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReadTimesTest {

    private final ReadTimes times = new ReadTimes();

    private void check(long captureNanos, long commitNanos, boolean known) {
        assertThat(times.captureNanos()).isEqualTo(captureNanos);
        assertThat(times.commitNanos()).isEqualTo(commitNanos);
        assertThat(times.commitKnown()).isEqualTo(known);
        assertThat(times.readNanos()).isEqualTo(1_000);
    }

    @Test
    void theSlotsFrameWasCommittedWhenItWasSeen() {
        times.ofRecord(1, 2, 3);
        times.ofSlot(1_000);
        check(0, 1_000, false);
    }

    @Test
    void aRecordSaysWhen() {
        times.ofRecord(700, 900, 1_000);
        check(700, 900, true);
        times.ofRecord(0, 1_000, 1_000);
        check(0, 1_000, true);
    }

    @Test
    void nothingHappensBeforeItsCause() {
        times.ofRecord(901, 900, 1_000);
        check(0, 900, true);
        times.ofRecord(700, 1_001, 1_000);
        check(700, 1_000, false);
        times.ofRecord(1_001, 0, 1_000);
        check(0, 1_000, false);
    }
}

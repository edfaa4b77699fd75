package io.sdros.it.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ProcessorTimeTest {

    @Test
    void whatAChildProcessUsesIsNotOfOthers() {
        ProcessorTime before = ProcessorTime.now();
        ProcessorTime after;
        try (ChildProcess busy = ChildProcess.start("busy", List.of("sh", "-c", "while :; do :; done"))) {
            // The kernel counts a process's time exactly and a processor's in ticks: the two need not pass a mark together.
            Await.until("the child has used processor time", Deadlines.SOON, () -> {
                ProcessorTime now = ProcessorTime.now();
                return now.ownTicks() - before.ownTicks() > 50 && now.busyTicks() - before.busyTicks() >= 50;
            });
            after = ProcessorTime.now();
            assertThat(busy.isAlive()).isTrue();
        }
        assertThat(ProcessorTime.now().ownTicks()).as("kept when it has ended").isGreaterThanOrEqualTo(after.ownTicks());
        assertThat(after.othersShareSince(before)).isBetween(0.0, 1.0);
    }

    @Test
    void theShareOfOthersIsWhatIsBusyAndNotOwn() {
        ProcessorTime before = new ProcessorTime(1_000, 2_000, 300);
        assertThat(new ProcessorTime(1_080, 2_100, 330).othersShareSince(before)).isEqualTo(0.5);
        assertThat(new ProcessorTime(1_000, 2_000, 300).othersShareSince(before)).isZero();
    }
}

package io.sdros.shm.reader;

import static io.sdros.shm.reader.ReadOutcome.FRAME;
import static io.sdros.shm.reader.ReadOutcome.NO_NEW_FRAME;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Writers that store the sequence byte by byte, the lowest first. The clock is asked between two looks, so that is
 * where the writer's next store happens.
 */
class FrameReaderCarryTest {

    private final RegionImage image = RegionImage.inMemory(128);
    private long nanos;
    private final Queue<Long> sequencesAfterNextLooks = new ArrayDeque<>();
    private final FrameReader reader = FrameReader.builder(image.region()).nanoClock(() -> {
        nanos += 100;
        if (!sequencesAfterNextLooks.isEmpty()) {
            image.sequence(sequencesAfterNextLooks.remove());
        }
        return nanos;
    }).build();

    @ParameterizedTest
    @CsvSource({"255, 0, 256", "0x1FF, 0x100, 0x200", "0x1FF, 0x100, 0x203", "0xFFFF, 0xFF00, 0x10000",
        "0xFFFF, 0, 0x10000", "0x7FFFFF, 0x700000, 0x800000", "0x12FCAB, 0xAC, 0x12FCAC", "0x12FCAB, 0xFCAC, 0x12FCAC",
        "0x12FCAB, 0, 0x12FCAC", "100, 0, 101", "16, 0, 18"})
    void aCarryIsNoRestart(String before, String torn, String after) {
        long last = Long.decode(before);
        image.key(last, last);
        assertThat(reader.attempt()).isEqualTo(FRAME);

        image.delta(Long.decode(torn), last + 1);
        sequencesAfterNextLooks.add(Long.decode(after));
        assertThat(reader.attempt()).isEqualTo(FRAME);
        assertThat(reader.restarted()).isFalse();
        assertThat(reader.frame().frameSeq()).isEqualTo(last + 1);
        assertThat(reader.sequence()).isEqualTo(Long.decode(after));
    }

    @Test
    void aCarryThroughSeveralBytesIsNoRestart() {
        image.key(0xFFFF, 0xFFFF);
        reader.attempt();
        image.sequence(0xFF00);
        sequencesAfterNextLooks.addAll(List.of(0L, 0x10000L));
        reader.look();
        assertThat(reader.restarted()).isFalse();
        assertThat(reader.sequence()).isEqualTo(0x10000);
    }

    @Test
    void zeroThatStaysIsARestart() {
        image.key(255, 255);
        reader.attempt();
        image.sequence(0);
        assertThat(reader.attempt()).isEqualTo(NO_NEW_FRAME);
        assertThat(reader.restarted()).isTrue();
    }

    @Test
    void aLookAtWhatMayBeACarryEndsSoon() {
        image.key(255, 255);
        reader.attempt();
        image.sequence(0);
        long before = nanos;
        reader.look();
        assertThat(nanos - before).isBetween(10_000L, 11_000L);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 2", "300, 1", "300, 299"})
    void aWriterThatStartsOverWhileItIsLookedAtIsARestart(long before, long after) {
        image.key(before, before);
        assertThat(reader.attempt()).isEqualTo(FRAME);
        image.key(0, after);
        sequencesAfterNextLooks.add(after);
        assertThat(reader.attempt()).isEqualTo(FRAME);
        assertThat(reader.restarted()).isTrue();
    }

    @Test
    void aLowerNumberThatStaysIsARestart() {
        image.key(511, 511);
        reader.attempt();
        image.key(257, 257);
        assertThat(reader.attempt()).isEqualTo(FRAME);
        assertThat(reader.restarted()).isTrue();
    }
}

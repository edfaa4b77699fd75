package io.sdros.shm.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class RegionBufferTest {

    private final ByteBuffer memory = ByteBuffer.allocateDirect(256).order(ByteOrder.LITTLE_ENDIAN);
    private final RegionBuffer region = RegionBuffer.of(memory);

    @Test
    void readsLittleEndianWhateverTheBuffersOrder() {
        memory.putLong(0, 0x0102030405060708L).putLong(8, 0x1112131415161718L);
        for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            RegionBuffer view = RegionBuffer.of(memory.duplicate().order(order));
            assertThat(view.sequenceAcquire()).isEqualTo(0x0102030405060708L);
            assertThat(view.writeLengthAcquire()).isEqualTo(0x1112131415161718L);
        }
    }

    @Test
    void coversTheWholeBufferWhateverItsPosition() {
        memory.position(100).limit(110);
        assertThat(RegionBuffer.of(memory).capacityBytes()).isEqualTo(256);
        assertThat(RegionBuffer.of(memory).maxPayloadBytes()).isEqualTo(208);
    }

    @Test
    void boundsWriteLengthsAsUnsignedNumbers() {
        assertThat(region.holds(0)).isFalse();
        assertThat(region.holds(31)).isFalse();
        assertThat(region.holds(32)).isTrue();
        assertThat(region.holds(240)).isTrue();
        assertThat(region.holds(241)).isFalse();
        assertThat(region.holds(-1)).isFalse();
        assertThat(region.holds(Long.MIN_VALUE + 64)).isFalse();
        assertThat(region.holds((1L << 32) + 64)).isFalse();
    }

    @Test
    void noticesAChangeOfAnyByteThatIsLookedAtAgain() {
        memory.putLong(0, 7).putLong(8, 40);
        byte[] copy = new byte[45];
        region.copyFrame(copy, 5, 40);
        assertThat(region.unchangedSince(7, 40, copy, 5)).isTrue();
        for (int i = 0; i < RegionLayout.PAYLOAD_OFFSET; i++) {
            memory.put(i, (byte) (memory.get(i) + 1));
            assertThat(region.unchangedSince(7, 40, copy, 5)).as("byte %d", i).isFalse();
            memory.put(i, (byte) (memory.get(i) - 1));
        }
        assertThat(region.unchangedSince(7, 40, copy, 5)).isTrue();
    }

    @Test
    void marksAndCommits() {
        memory.putLong(0, 7).putLong(8, 40);
        region.markInProgress();
        assertThat(memory.getLong(0)).isEqualTo(7);
        assertThat(memory.getLong(8)).isZero();
        region.commitRelease(50, 8);
        assertThat(memory.getLong(0)).isEqualTo(8);
        assertThat(memory.getLong(8)).isEqualTo(50);
        region.clear();
        assertThat(memory.getLong(0)).isZero();
        assertThat(memory.getLong(8)).isZero();
    }

    @Test
    void refusesBuffersItCannotOrderAccessesTo() {
        assertThatThrownBy(() -> RegionBuffer.of(ByteBuffer.allocate(256)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RegionBuffer.of(memory.clear().position(4).slice()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RegionBuffer.of(ByteBuffer.allocateDirect(47)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

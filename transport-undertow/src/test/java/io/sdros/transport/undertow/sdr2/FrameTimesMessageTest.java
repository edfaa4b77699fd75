package io.sdros.transport.undertow.sdr2;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameTimesMessageTest {

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "1000, 1", "1001, 2", "4294967295000, 4294967295", "9000000000000000, 4294967295"})
    void theClockErrorIsSaidInMicrosecondsAndNeverTooSmallWhereItFits(long nanos, long micros) {
        byte[] array = new byte[FrameTimesMessage.BYTES];
        FrameTimesMessage.writeBefore(array, array.length, 2, 3, 4, 5, 6, nanos);

        ByteBuffer message = ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN).position(array.length - 40).slice()
                .order(ByteOrder.LITTLE_ENDIAN);
        assertThat(Integer.toUnsignedLong(message.getInt(4))).isEqualTo(micros);
        assertThat(message.get(0)).isEqualTo((byte) 5);
        assertThat(message.getShort(2)).isEqualTo((short) 2);
        assertThat(message.getLong(8)).isEqualTo(3);
        assertThat(message.getLong(32)).isEqualTo(6);
    }
}

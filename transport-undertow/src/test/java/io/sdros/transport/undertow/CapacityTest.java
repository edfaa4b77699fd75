package io.sdros.transport.undertow;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class CapacityTest {

    @ParameterizedTest
    @CsvSource({
        // viewers wanted, files: limit, open | viewers, strangers, per address, connections
        "1024, 20000, 40, 1024, 1024, 256, 2112",
        "1024, 1024, 40, 666, 242, 242, 968",
        "1024, 64, 18, 22, 7, 7, 30",
        "10, 64, 18, 10, 7, 7, 18",
        "0, 64, 18, 22, 7, 7, 30",
        "1024, 30, 28, 3, 4, 4, 8",
        "0, 9223372036854775807, 0, 2147483647, 1024, 256, 2147483647",
    })
    void viewersAndStrangersShareWhatFilesThereAre(int wanted, long limit, long open, int viewers, int strangers,
            int perAddress, int connections) {
        Capacity capacity = Capacity.of(wanted, 1024, 256, new OpenFiles(limit, open));
        assertThat(capacity).isEqualTo(new Capacity(viewers, strangers, perAddress, connections));
    }

    @Test
    void theProcessTellsItsOwn() {
        OpenFiles files = OpenFiles.now();
        assertThat(files.open()).isGreaterThanOrEqualTo(0).isLessThan(files.limit());
    }
}

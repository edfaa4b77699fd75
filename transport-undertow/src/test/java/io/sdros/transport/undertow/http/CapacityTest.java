package io.sdros.transport.undertow.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CapacityTest {

    @ParameterizedTest
    @CsvSource({
        // viewers wanted, files: limit, open | viewers, httpConnections, per address, connections, closing
        "1024, 20000, 40, 1024, 1024, 256, 2112, 128",
        "1024, 1024, 40, 545, 242, 242, 847, 121",
        "1024, 64, 18, 18, 7, 7, 26, 4",
        "10, 64, 18, 10, 7, 7, 18, 4",
        "0, 64, 18, 18, 7, 7, 26, 4",
        "1024, 30, 28, 1, 4, 4, 6, 4",
        "0, 9223372036854775807, 0, 2147483647, 1024, 256, 2147483647, 128",
    })
    void viewersAndOtherConnectionsShareWhatFilesThereAre(int wanted, long limit, long open, int viewers, int httpConnections,
            int perAddress, int connections, int closing) {
        Capacity capacity = Capacity.of(wanted, 1024, 256, new OpenFiles(limit, open));
        assertThat(capacity).isEqualTo(new Capacity(viewers, httpConnections, perAddress, connections, closing));
    }

    @Test
    void theProcessTellsItsOwn() {
        OpenFiles files = OpenFiles.now();
        assertThat(files.open()).isGreaterThanOrEqualTo(0).isLessThan(files.limit());
    }
}

package io.sdros.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {

    @ParameterizedTest
    @CsvSource({"a, a, 0", "kitten, sitting, 3", "abc, '', 3", "'', abc, 3", "abc, acb, 2", "SDR_SHM_SIZ, SDR_SHM_SIZE, 1"})
    void countsEdits(String from, String to, int edits) {
        assertThat(NearestName.edits(from, to)).isEqualTo(edits);
        assertThat(NearestName.edits(to, from)).isEqualTo(edits);
    }

    @Test
    void findsTheNearestUpToThreeEdits() {
        List<String> names = List.of("alpha", "alpine", "omega");

        assertThat(NearestName.of("alpin", names)).contains("alpine");
        assertThat(NearestName.of("omegaxyz", names)).contains("omega");
        assertThat(NearestName.of("omegawxyz", names)).isEmpty();
        assertThat(NearestName.of("alpha", List.of())).isEmpty();
    }
}

package io.sdros.it.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The reader of the text format notices what is not of it. */
final class MetricsTest {

    @Test
    void readsTypesAndSamples() {
        Metrics metrics = Metrics.parse("""
                # HELP a_total What a counts: \\\\ and "quotes".
                # TYPE a_total counter
                a_total{reason="x",} 1.0
                a_total{reason="say \\"y\\", \\\\n",le="+Inf"} 2.5E1
                a_total_more 7
                # TYPE b gauge
                b NaN
                """);

        assertThat(metrics.types()).containsEntry("a_total", "counter").containsEntry("b", "gauge").hasSize(2);
        assertThat(metrics.sum("a_total")).isEqualTo(26);
        assertThat(metrics.sum("absent")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a 1\na 2\n", "a-b 1\n", "a{b=c} 1\n", "a{b=\"c} 1\n", "a 1", "a one\n", "# TYPE a thing\n",
        "<html>\n"})
    void refusesWhatIsNotOfTheFormat(String page) {
        assertThatThrownBy(() -> Metrics.parse(page)).isInstanceOfAny(AssertionError.class, NumberFormatException.class);
    }
}

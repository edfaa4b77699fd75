package io.sdros.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumbersTest {

    private final ValueType<Long> tenToTwenty = Numbers.between(10, 20, "things");
    private final ValueType<Long> zeroOrTenToTwenty = Numbers.zeroOrBetween(10, 20, "things", "off");

    @ParameterizedTest
    @ValueSource(strings = {"10", "15", "20", "0015"})
    void acceptsWhatIsWithinBounds(String text) {
        assertThat(tenToTwenty.parse(text).value()).contains(Long.parseLong(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"9", "21", "0", "-15", "+15", "15.0", "1_5", "15k", "0x0f", "1 5", "١٥", "", "99999999999999999999999"})
    void rejectsEverythingElse(String text) {
        assertThat(tenToTwenty.parse(text).isRejected()).isTrue();
    }

    @Test
    void zeroCanHaveAMeaningOfItsOwn() {
        assertThat(zeroOrTenToTwenty.parse("0").value()).contains(0L);
        assertThat(zeroOrTenToTwenty.parse("10").value()).contains(10L);
        assertThat(zeroOrTenToTwenty.parse("9").isRejected()).isTrue();
        assertThat(zeroOrTenToTwenty.parse("-1").isRejected()).isTrue();
    }

    @Test
    void saysWhatIsAccepted() {
        assertThat(tenToTwenty.accepted()).isEqualTo("a whole number of things from 10 to 20");
        assertThat(zeroOrTenToTwenty.accepted()).isEqualTo("0 (off) or a whole number of things from 10 to 20");
        assertThat(Numbers.zeroOrBetween(1, 20, "things", "off").accepted()).isEqualTo("0 (off) or a whole number of things up to 20");
    }

    @Test
    void convertsToIntegersAndDurations() {
        assertThat(Numbers.ints(tenToTwenty).parse("12").value()).contains(12);
        assertThat(Numbers.millis(tenToTwenty).parse("12").value()).contains(Duration.ofMillis(12));
        assertThat(Numbers.millis(tenToTwenty).parse("x").isRejected()).isTrue();
    }
}

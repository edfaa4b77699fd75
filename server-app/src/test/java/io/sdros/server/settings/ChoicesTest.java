package io.sdros.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChoicesTest {

    @ParameterizedTest
    @ValueSource(strings = {"true", "TRUE", "True", "1", "yes", "on"})
    void readsTrue(String text) {
        assertThat(Choices.trueOrFalse().parse(text).value()).contains(true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "FALSE", "0", "no", "Off"})
    void readsFalse(String text) {
        assertThat(Choices.trueOrFalse().parse(text).value()).contains(false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2", "t", "truee", "enabled", "tr ue"})
    void rejectsOtherWords(String text) {
        assertThat(Choices.trueOrFalse().parse(text).isRejected()).isTrue();
    }

    @Test
    void readsConstantsInAnyCase() {
        ValueType<LogLevel> type = Choices.oneOf(LogLevel.class);
        for (LogLevel level : LogLevel.values()) {
            assertThat(type.parse(level.simpleLoggerName()).value()).contains(level);
            assertThat(type.parse(level.name()).value()).contains(level);
        }
        assertThat(type.parse("warning").isRejected()).isTrue();
        assertThat(type.accepted()).isEqualTo("one of trace, debug, info, warn, error, off");
    }
}

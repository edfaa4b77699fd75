package io.sdros.server;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;
import org.slf4j.helpers.NOPLogger;

class OrderlyStopTest {

    @Test
    void whateverOneCloseThrowsTheOthersFollow() {
        assertThatCode(() -> OrderlyStop.close(() -> {
            throw new NoClassDefFoundError("of a test");
        }, NOPLogger.NOP_LOGGER)).doesNotThrowAnyException();
    }
}

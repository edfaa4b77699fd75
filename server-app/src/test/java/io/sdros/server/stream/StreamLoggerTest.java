package io.sdros.server.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class StreamLoggerTest {

    @Test
    void eachLineNamesItsStream() {
        LoggedLines lines = new LoggedLines();
        Logger log = StreamLogger.of("arm.wrist", lines);

        log.info("{} frames of {}", 3, "{}");
        log.warn("plain");
        log.error("with a cause", new IllegalStateException());
        log.debug("not logged");

        assertThat(lines.messages).containsExactly("[arm.wrist] 3 frames of {}", "[arm.wrist] plain", "[arm.wrist] with a cause");
        assertThat(log.isDebugEnabled()).isFalse();
    }
}

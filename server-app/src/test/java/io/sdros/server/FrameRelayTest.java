package io.sdros.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.fanout.Broadcaster;
import io.sdros.shm.reader.Discontinuity;
import io.sdros.transport.undertow.VideoMessage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

class FrameRelayTest {

    private final Lines lines = new Lines();
    private final FrameRelay relay = new FrameRelay(Broadcaster.<VideoMessage>builder().build(), lines);

    /** Two writers on one region look like one that starts over with every frame, and so does one that numbers none. */
    @Test
    void aWriterThatStartsOverWithEveryFrameDoesNotFloodTheLog() {
        for (int i = 0; i < 10_000; i++) {
            relay.onDiscontinuity(Discontinuity.WRITER_RESTART, 0);
        }

        assertThat(lines.messages).first().isEqualTo("The writer has started over");
        assertThat(lines.messages).hasSizeLessThan(100); // one, unless the machine sleeps meanwhile
    }

    /** What is logged at info and above. */
    private static final class Lines extends LegacyAbstractLogger {

        private static final long serialVersionUID = 1L;

        private final transient List<String> messages = new ArrayList<>();

        @Override
        public boolean isTraceEnabled() {
            return false;
        }

        @Override
        public boolean isDebugEnabled() {
            return false;
        }

        @Override
        public boolean isInfoEnabled() {
            return true;
        }

        @Override
        public boolean isWarnEnabled() {
            return true;
        }

        @Override
        public boolean isErrorEnabled() {
            return true;
        }

        @Override
        protected String getFullyQualifiedCallerName() {
            return Lines.class.getName();
        }

        @Override
        protected void handleNormalizedLoggingCall(Level level, Marker marker, String pattern, Object[] arguments,
                Throwable throwable) {
            messages.add(MessageFormatter.basicArrayFormat(pattern, arguments));
        }
    }
}

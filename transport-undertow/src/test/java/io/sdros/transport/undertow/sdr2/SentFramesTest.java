package io.sdros.transport.undertow.sdr2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SentFramesTest {

    private final SentFrames sent = new SentFrames();

    private SentFrame find(long seq) {
        return sent.find(seq, Long.MAX_VALUE, Long.MAX_VALUE);
    }

    private void send(long seq) {
        sent.begin(seq, seq + 1, seq + 2, seq + 3, seq + 4, seq + 6);
        sent.handedOver(seq + 5);
    }

    @Test
    void findsWhatItKeeps() {
        for (long seq = 1; seq <= 500; seq++) {
            send(seq);
        }
        assertThat(find(500)).isEqualTo(new SentFrame(499, 500, 501, 502, 503, 504, 505, 506));
        assertThat(find(500 - SentFrames.CAPACITY + 1)).isNotNull();
        assertThat(find(500 - SentFrames.CAPACITY)).isNull();
        assertThat(sent.mayBeForgotten(500 - SentFrames.CAPACITY)).isTrue();
        assertThat(sent.mayBeForgotten(501)).isFalse();
    }

    @Test
    void nothingIsForgottenBeforeItIsFull() {
        send(10);
        assertThat(find(9)).isNull();
        assertThat(sent.mayBeForgotten(9)).isFalse();
    }

    @Test
    void theNewerOfTwoWithOneNumberCounts() {
        send(7);
        send(8);
        send(7);
        assertThat(find(7).index()).isEqualTo(2);
    }

    @Test
    void theOlderOfTwoIsMeantWhereTheNewerCannotBe() {
        send(7);
        send(8);
        sent.begin(7, 0, 0, 0, 100, 0);
        assertThat(sent.find(7, 2, Long.MAX_VALUE).index()).isZero();
        assertThat(sent.find(7, 3, 99).index()).isZero();
        assertThat(sent.find(7, 3, 100).index()).isEqualTo(2);
        assertThat(sent.find(7, 3, 10)).isNull();
    }

    @Test
    void aFrameIsKnownBeforeItHasBeenHandedOver() {
        sent.begin(3, 0, 0, 0, 44, 0);
        assertThat(find(3).socketNanos()).isZero();
        assertThat(find(3).begunNanos()).isEqualTo(44);
    }

    @Test
    void theReaderNeverSeesHalfOfOneAndHalfOfAnother() throws InterruptedException {
        AtomicReference<SentFrame> wrong = new AtomicReference<>();
        long last = 300_000;
        Thread writer = new Thread(() -> {
            for (long seq = 1; seq <= last; seq++) {
                send(seq);
            }
        });
        writer.start();
        while (writer.isAlive()) {
            SentFrame found = sent.at(Math.max(0, sent.count() - SentFrames.CAPACITY));
            if (found != null && (found.frameSeq() != found.index() + 1 || found.begunNanos() != found.frameSeq() + 4
                    || found.endBytes() != found.frameSeq() + 6)) {
                wrong.set(found);
            }
        }
        writer.join();
        assertThat(wrong.get()).isNull();
    }
}

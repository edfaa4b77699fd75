package io.sdros.relay.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.relay.nats.origin.Origin;
import io.sdros.relay.nats.wire.RelaySubjects;
import io.sdros.relay.nats.wire.UpMessage;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Much comes for an origin's stream. */
class OriginStreamFloodTest {

    private static final long EDGE = 0x1234_0000_0000_0001L;
    private static final RelaySubjects SUBJECTS = RelaySubjects.of("sdr.v1", "front");
    private static final int LONGEST_MESSAGE = 1 << 20;

    private final MemoryLink link = new MemoryLink();

    private OriginStream stream(OriginListener listener) {
        OriginStream stream = new OriginStream(link, "sdr.v1", new OriginConfig("front", "Front", true, 0, Duration.ofMillis(250),
                128 * 1024, 1 << 20), new Origin.Identity(1, 2), new Keyframes(), listener, () -> new OriginSource(SourceState.LIVE, 1));
        stream.start();
        say(new UpMessage.Beat(EDGE, 0, 0, 0, 1));
        return stream;
    }

    private void say(UpMessage message) {
        link.publish(SUBJECTS.up(), message.json());
    }

    /** One keyframe for each who subscribes. */
    private static final class Keyframes implements OriginFrames {

        @Override
        public Subscription subscribe(Runnable wakeUp) {
            return new Subscription() {
                private boolean given;

                @Override
                public void beginDrain() {
                    // Nothing comes that would wake.
                }

                @Override
                public Optional<OriginFrame> poll() {
                    boolean first = !given;
                    given = true;
                    return first ? Optional.of(new OriginFrame(true, 0, 0, new byte[40], 0, 40)) : Optional.empty();
                }

                @Override
                public void close() {
                    // Nothing is held.
                }
            };
        }
    }

    @Test
    void framesGoOutThoughThereIsAlwaysAnotherMessage() {
        // Each that is looked at brings another one.
        OriginListener echo = new OriginListener() {
            @Override
            public void onKeyframeNeeded(String reason, int clients) {
                say(new UpMessage.NeedKey(EDGE, "lag", 1));
            }
        };
        try (OriginStream stream = stream(echo)) {
            say(new UpMessage.NeedKey(EDGE, "lag", 1));
            Eventually.await("a frame", () -> stream.statistics().published() > 0);
        }
    }

    @Test
    void messagesThatAreTooLongDoNotWaitAndAreCounted() throws InterruptedException {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        OriginListener slow = new OriginListener() {
            @Override
            public void onKeyframeNeeded(String reason, int clients) {
                busy.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        try (OriginStream stream = stream(slow)) {
            say(new UpMessage.NeedKey(EDGE, "lag", 1));
            busy.await();
            link.publish(SUBJECTS.up(), new byte[LONGEST_MESSAGE]);
            link.publish(SUBJECTS.info(), new byte[LONGEST_MESSAGE]);
            assertThat(stream.statistics().malformed()).isEqualTo(2);
            goOn.countDown();
        }
    }
}

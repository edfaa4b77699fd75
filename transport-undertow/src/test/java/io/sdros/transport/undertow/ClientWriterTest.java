package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sdros.fanout.Broadcaster;
import io.sdros.fanout.LatestValueBroadcaster;
import io.sdros.transport.undertow.ws.ScratchBuffer;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.StreamSinkConduit;

/** What a real socket cannot be made to do at will. */
class ClientWriterTest implements ClientWriter.Listener {

    /** Takes what it is given, or as many bytes as are left. */
    private interface Socket {
        int write(ByteBuffer bytes) throws IOException;
    }

    private static final int EVERYTHING = Integer.MAX_VALUE;
    private static final int SEND_BUFFER_BYTES = 50_000;

    private final Broadcaster<VideoMessage> video =
            Broadcaster.<VideoMessage>builder().gopCacheBytes(0).queueBytes(1_000_000).nanoClock(() -> this.nowNanos).build();
    private final LatestValueBroadcaster<String, TelemetryMessage> telemetry =
            LatestValueBroadcaster.<String, TelemetryMessage>builder().build();
    private final WriteContext publisher = WriteContext.ofPublisher();
    private final List<Throwable> failures = new ArrayList<>();
    private Socket socket = bytes -> take(bytes, EVERYTHING);
    private long nowNanos;
    private final StringBuilder order = new StringBuilder();
    private int taken;
    private int writes;
    private int yields;
    private int blockings;
    private boolean throwing;
    private final ClientWriter writer = new ClientWriter(new ConduitStreamSinkChannel(null, conduit()),
            video.subscribe(), telemetry.subscribe(), Optional.empty(), this, SEND_BUFFER_BYTES, () -> nowNanos);

    private StreamSinkConduit conduit() {
        return (StreamSinkConduit) Proxy.newProxyInstance(getClass().getClassLoader(),
                new Class<?>[] {StreamSinkConduit.class}, (proxy, method, arguments) -> switch (method.getName()) {
                    case "write" -> {
                        writes++;
                        yield socket.write((ByteBuffer) arguments[0]);
                    }
                    case "flush" -> true;
                    default -> null;
                });
    }

    private int take(ByteBuffer bytes, int most) {
        int count = Math.min(bytes.remaining(), most);
        bytes.position(bytes.position() + count);
        taken += count;
        return count;
    }

    /** The types of what goes out, a letter each, as long as the socket takes so many messages. */
    private Socket noting(int messages) {
        return bytes -> {
            if (order.length() == messages) {
                return 0;
            }
            int body = bytes.position() + 2 + (bytes.get(bytes.position() + 1) == 126 ? 2 : bytes.get(bytes.position() + 1) == 127 ? 8 : 0);
            order.append(bytes.get(body) == 1 ? 'v' : 't');
            return take(bytes, EVERYTHING);
        };
    }

    private void publishTelemetry(String subject, int payloadBytes) {
        TelemetryMessage message = TelemetryMessage.of(subject, new byte[payloadBytes]);
        telemetry.publish(subject, message, message.lengthBytes());
    }

    private void publish(int payloadBytes) {
        video.service();
        video.publish(VideoMessage.wrap(new byte[VideoMessage.HEADROOM_BYTES + payloadBytes],
                VideoMessage.HEADROOM_BYTES, payloadBytes), true, payloadBytes);
    }

    @Override
    public void onWriteFailed(Throwable cause) {
        failures.add(cause);
        if (throwing) {
            throw new InternalError("injected, too");
        }
    }

    @Override
    public void onCloseSent() {
        // Nothing here closes.
    }

    @Override
    public void onYield() {
        yields++;
    }

    @Override
    public void onBlocked() {
        blockings++;
    }

    @Test
    void theDelayBeginsWithTheCommitAndLeavesOutWhatWasCommittedBeforeTheViewerCame() {
        WriteContext ioThread = WriteContext.ofIoThread(new ScratchBuffer(), new TelemetryBatch(false), new TelemetryBatch(true));
        socket = bytes -> take(bytes, EVERYTHING);
        long joinedNanos = nowNanos;
        nowNanos += 10_000;
        for (long committedNanos : new long[] {joinedNanos - 1, joinedNanos, joinedNanos + 7_000}) {
            video.service();
            video.publish(VideoMessage.wrap(new byte[VideoMessage.HEADROOM_BYTES + 40], VideoMessage.HEADROOM_BYTES, 40,
                    new FrameTimes(1, committedNanos, true, nowNanos), FrameReferences.UNKNOWN), true, 40);
        }
        writer.drain(ioThread);
        assertThat(ioThread.counters().videoMessages()).isEqualTo(3);
        assertThat(ioThread.counters().delaySumNanos()).isEqualTo(10_000 + 3_000);
    }

    /** One byte of a payload, and another one for who lagged. */
    private static VideoMessage differing(byte usual, byte afterLag) {
        byte[][] arrays = {new byte[VideoMessage.HEADROOM_BYTES + 40], new byte[VideoMessage.HEADROOM_BYTES + 40]};
        arrays[0][VideoMessage.HEADROOM_BYTES + 39] = usual;
        arrays[1][VideoMessage.HEADROOM_BYTES + 39] = afterLag;
        return VideoMessage.wrap(arrays[0], VideoMessage.HEADROOM_BYTES, 40)
                .withSevered(() -> VideoMessage.wrap(arrays[1], VideoMessage.HEADROOM_BYTES, 40));
    }

    @Test
    void whoLaggedGetsWhatIsMadeForThose() {
        WriteContext ioThread = WriteContext.ofIoThread(new ScratchBuffer(), new TelemetryBatch(false), new TelemetryBatch(true));
        StringBuilder sent = new StringBuilder();
        socket = bytes -> {
            sent.append((char) bytes.get(bytes.limit() - 1));
            return take(bytes, EVERYTHING);
        };
        video.service();
        video.publish(differing((byte) 'a', (byte) 'A'), true, 40);
        video.publish(differing((byte) 'b', (byte) 'B'), true, 40);
        writer.drain(ioThread);
        assertThat(sent).as("the first continues nothing, and nothing needs it to").hasToString("ab");
        for (int i = 0; i < 200; i++) {
            video.publish(differing((byte) 'c', (byte) 'C'), false, 40);
        }
        video.publish(differing((byte) 'd', (byte) 'D'), true, 40);
        video.publish(differing((byte) 'e', (byte) 'E'), true, 40);
        writer.drain(ioThread);
        assertThat(sent).hasToString("abE");
    }

    @Test
    void aLargeMessageIsMadeUpForBeforeTheNextFrames() {
        for (int i = 0; i < 12; i++) {
            publish(10_000);
            publishTelemetry("large", 60_000);
        }
        socket = noting(Integer.MAX_VALUE);
        WriteContext ioThread = WriteContext.ofIoThread(new ScratchBuffer(), new TelemetryBatch(false), new TelemetryBatch(true));
        for (int i = 0; i < 4; i++) {
            writer.drain(ioThread);
        }
        assertThat(order).as("then nothing but telemetry is left").hasToString("tvvvtvvvvtvvvtvv" + "t".repeat(8));
    }

    @Test
    void smallTelemetryGoesFirstAndTogether() {
        for (int i = 0; i < 4; i++) {
            publish(10_000);
        }
        for (int i = 0; i < 20; i++) {
            publishTelemetry("small." + i, 100);
        }
        socket = noting(Integer.MAX_VALUE);
        writer.drain(publisher);
        assertThat(order).hasToString("tvvvv");
        assertThat(publisher.counters().telemetryMessages()).isEqualTo(20);
    }

    @Test
    void noMoreThanAShareGoesBeforeAFrameThatWaits() {
        for (int i = 0; i < 3; i++) {
            publish(10_000);
        }
        for (int i = 0; i < 30; i++) {
            publishTelemetry("middle." + i, 3_000);
        }
        socket = noting(6);
        writer.drain(publisher);
        assertThat(order).hasToString("tvtvtv");
        assertThat(publisher.counters().telemetryMessages()).isEqualTo(15);
    }

    @Test
    void anErrorEndsTheClientAndNotTheCaller() {
        socket = bytes -> {
            throw new InternalError("injected");
        };
        publish(100);
        writer.drain(publisher);
        assertThat(failures).hasSize(1).hasOnlyElementsOfType(InternalError.class);
        assertThat(writer.failure()).isSameAs(failures.get(0));
        writer.drain(publisher);
        assertThat(writes).as("what was sent may have ended in the middle of a message").isEqualTo(1);
    }

    @Test
    void theTurnIsGivenBackThoughTellingFailsToo() {
        throwing = true;
        socket = bytes -> {
            throw new InternalError("injected");
        };
        publish(100);
        assertThatThrownBy(() -> writer.drain(publisher)).isInstanceOf(InternalError.class);
        assertThat(writer.failure()).as("left for the timer").isNotNull();
        assertThat(writer.claimIsFree()).isTrue();
    }

    @Test
    void whoIsAskedAgainAndAgainHandsOver() {
        socket = bytes -> {
            writer.pong(new byte[0]); // another thread's, meanwhile
            writer.drain(publisher);
            return take(bytes, EVERYTHING);
        };
        publish(100);
        writer.drain(publisher);
        assertThat(writes).isBetween(2, ClientWriter.MAX_ROUNDS * publisher.writesPerDrain());
        assertThat(yields).as("the I/O thread goes on").isPositive();
        assertThat(writer.claimIsFree()).isTrue();
    }

    @Test
    void aBlockedSocketIsTriedAgainWithoutAWordFromTheKernel() {
        socket = bytes -> 0;
        publish(100_000);
        writer.drain(publisher);
        socket = bytes -> 1;
        writer.drain(publisher);
        assertThat(writes).as("nobody asks a socket that took nothing").isEqualTo(1);
        assertThat(writer.blocked()).isTrue();
        assertThat(blockings).isEqualTo(1);
        long stall = TimeUnit.SECONDS.toNanos(10);
        for (int second = 0; second < 40; second++) {
            nowNanos += TimeUnit.SECONDS.toNanos(1);
            assertThat(writer.stalled(nowNanos, stall)).isFalse();
            int before = taken;
            socket = bytes -> taken == before ? take(bytes, 1) : 0;
            writer.retry(publisher);
            assertThat(taken).isEqualTo(before + 1);
            assertThat(writer.fetching(nowNanos, stall)).as("a byte fetched is a sign of life").isTrue();
        }
        assertThat(blockings).as("it was never unblocked").isEqualTo(1);
        nowNanos += stall;
        assertThat(writer.stalled(nowNanos, stall)).isTrue();
        assertThat(writer.fetching(nowNanos, stall)).isFalse();
    }

    /** How long what the socket holds takes is not known well enough; telemetry that fills it would cost the video. */
    @Test
    void ofAClientWithoutFeedbackNothingIsTakenForTooLate() {
        socket = bytes -> take(bytes, 100_000 - taken);
        publish(200_000);
        writer.drain(publisher);
        nowNanos += TimeUnit.MILLISECONDS.toNanos(100);
        socket = bytes -> take(bytes, 110_000 - taken);
        writer.retry(publisher);
        video.publish(VideoMessage.wrap(new byte[VideoMessage.HEADROOM_BYTES + 1000], VideoMessage.HEADROOM_BYTES, 1000), false, 1000);
        socket = bytes -> take(bytes, EVERYTHING);
        writer.retry(publisher);
        assertThat(writer.videoMessages()).as("at 100 kB/s what is in the buffer may take more than half a second").isEqualTo(2);
    }

    @Test
    void whoHoldsOnToAFrameThatWasLetGoOfIsCut() {
        socket = bytes -> 0;
        publish(100_000);
        writer.drain(publisher);
        for (int i = 0; i < 8; i++) {
            publish(100_000);
            writer.drain(publisher);
        }
        assertThat(failures).as("there is room for ten").isEmpty();
        for (int i = 0; i < 4; i++) {
            publish(100_000);
            writer.drain(publisher);
        }
        assertThat(failures).hasSize(1).hasOnlyElementsOfType(ForgottenFrameException.class);
    }

    @Test
    void bytesThatABufferTookAreNoSignOfLife() {
        for (int second = 0; second < 40; second++) {
            nowNanos += TimeUnit.SECONDS.toNanos(1);
            publish(100);
            writer.drain(publisher);
        }
        assertThat(writer.fetching(nowNanos, TimeUnit.SECONDS.toNanos(30))).isFalse();
    }
}

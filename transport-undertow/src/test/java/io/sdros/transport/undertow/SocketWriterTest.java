package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.transport.undertow.pace.Pace;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.StreamSinkConduit;

/** A socket that takes as much as it is told to. */
class SocketWriterTest {

    private static final int SEND_BUFFER_BYTES = 50_000;

    /** What the socket was asked for besides taking bytes. */
    private final List<String> asked = new ArrayList<>();
    private int room = 1_000;
    private boolean heldBelow;
    private long nowNanos = 1_000;
    private int told;
    private final SocketWriter writer = new SocketWriter(new ConduitStreamSinkChannel(null, conduit()),
            new Pace(SEND_BUFFER_BYTES, Optional.empty()), () -> nowNanos) {

        @Override
        void onFull() {
            told++;
        }

        @Override
        void write(WriteContext context) {
            asked.add("drain");
        }

        @Override
        void writeLater() {
            throw new AssertionError();
        }
    };

    private StreamSinkConduit conduit() {
        return (StreamSinkConduit) Proxy.newProxyInstance(getClass().getClassLoader(),
                new Class<?>[] {StreamSinkConduit.class}, (proxy, method, arguments) -> switch (method.getName()) {
                    case "write" -> taken((ByteBuffer) arguments[0]);
                    case "flush" -> !heldBelow;
                    case "resumeWrites", "suspendWrites", "terminateWrites" -> {
                        asked.add(method.getName());
                        yield null;
                    }
                    default -> null;
                });
    }

    private int taken(ByteBuffer bytes) {
        int count = Math.min(room, bytes.remaining());
        room -= count;
        bytes.position(bytes.position() + count);
        return count;
    }

    private int send(int bytes) throws IOException {
        return writer.send(ByteBuffer.allocate(bytes));
    }

    private List<String> asked() {
        List<String> now = List.copyOf(asked);
        asked.clear();
        return now;
    }

    @Test
    void whatTheSocketTakesIsCountedAndWhenItTakesNothingItIsWaitedFor() throws IOException {
        assertThat(send(700)).isEqualTo(700);
        assertThat(send(700)).isEqualTo(300);
        assertThat(writer.sentBytes()).isEqualTo(1_000);
        assertThat(writer.blocked()).isFalse();
        assertThat(send(400)).isZero();
        assertThat(writer.blocked()).isTrue();
        assertThat(writer.sentBytes()).isEqualTo(1_000);
        assertThat(asked()).containsExactly("resumeWrites");
    }

    @Test
    void thereIsNoUseInTryingUntilTheSocketSaysSoOrItIsTimeToTryAgain() throws IOException {
        writer.retry(WriteContext.ofPublisher());
        assertThat(asked()).as("it is not blocked").isEmpty();
        room = 0;
        send(1);
        assertThat(writer.waitsForSocket()).isTrue();
        writer.socketWritable();
        assertThat(writer.waitsForSocket()).isFalse();
        send(1);
        assertThat(writer.waitsForSocket()).isTrue();
        asked.clear();
        writer.retry(WriteContext.ofPublisher());
        assertThat(writer.waitsForSocket()).isFalse();
        assertThat(asked()).containsExactly("drain");
        assertThat(told).as("it was full all the time").isEqualTo(1);
    }

    @Test
    void itIsFullUntilALayerBelowHoldsNothingAnyMore() throws IOException {
        heldBelow = true;
        writer.flush(false);
        assertThat(writer.blocked()).isTrue();
        assertThat(asked()).containsExactly("resumeWrites");
        heldBelow = false;
        writer.flush(false);
        assertThat(writer.blocked()).isFalse();
        assertThat(asked()).containsExactly("suspendWrites");
        writer.flush(false);
        assertThat(asked()).as("it is not listened to").isEmpty();
        heldBelow = true;
        writer.flush(false);
        assertThat(told).as("each time that it becomes full").isEqualTo(2);
    }

    @Test
    void onlyBytesThatMadeTheirWayIntoAFullSocketShowThatTheClientFetches() throws IOException {
        nowNanos += 100;
        send(700);
        assertThat(writer.fetching(nowNanos, 100)).as("there was room").isFalse();
        room = 0;
        send(1);
        nowNanos += 50;
        assertThat(writer.stalled(nowNanos, 50)).isTrue();
        room = 10;
        send(20);
        assertThat(writer.stalled(nowNanos, 50)).isFalse();
        assertThat(writer.fetching(nowNanos + 99, 100)).isTrue();
        assertThat(writer.fetching(nowNanos + 100, 100)).isFalse();
        assertThat(writer.stalled(nowNanos + 50, 50)).isTrue();
    }

    @Test
    void theDirectionIsEndedOnceAndBehindTheCloseFrame() throws IOException {
        writer.flush(true);
        assertThat(asked()).as("nobody wants it").isEmpty();
        writer.finish();
        writer.flush(false);
        assertThat(asked()).as("the close frame is not out").isEmpty();
        writer.flush(true);
        writer.flush(true);
        assertThat(asked()).containsExactly("terminateWrites");
    }
}

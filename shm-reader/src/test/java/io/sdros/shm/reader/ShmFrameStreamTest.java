package io.sdros.shm.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sdros.shm.protocol.Codecs;
import io.sdros.shm.protocol.FrameFlags;
import io.sdros.shm.protocol.ShmWriter;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The stream with its own thread, a real file and real time. */
@Timeout(60)
class ShmFrameStreamTest {

    private static final long SECOND = 1_000_000_000L;

    @TempDir
    Path folder;
    private final RecordingListener heard = new RecordingListener();

    private Path path() {
        return folder.resolve("frames");
    }

    private ShmFrameStream.Builder stream() {
        return ShmFrameStream.builder(path()).expectedRegionBytes(4096).listener(heard);
    }

    private ShmWriter writer() throws IOException {
        return ShmWriter.builder(path()).regionBytes(4096).open();
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + 20 * SECOND;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            LockSupport.parkNanos(200_000);
        }
    }

    private static boolean readerThreadAlive() {
        Thread[] threads = new Thread[Thread.activeCount() + 50];
        int count = Thread.enumerate(threads);
        return Arrays.stream(threads, 0, count).anyMatch(t -> t.getName().equals("shm-reader"));
    }

    @ParameterizedTest
    @EnumSource(PollMode.class)
    void everyFrameOfAWriterArrives(PollMode mode) throws IOException {
        try (ShmFrameStream stream = stream().pollMode(mode).headroomBytes(11).build()) {
            stream.start();
            try (ShmWriter writer = writer()) {
                for (int i = 1; i <= 50; i++) {
                    int frame = i;
                    byte[] payload = new byte[i * 10];
                    Arrays.fill(payload, (byte) i);
                    writer.write(ByteBuffer.wrap(payload), 7 * i, i == 1 ? FrameFlags.KEYFRAME : 0, Codecs.H264);
                    await("frame " + i, () -> heard.frames.size() == frame);
                    assertThat(heard.frames.get(i - 1).payload()).isEqualTo(ByteBuffer.wrap(payload));
                    assertThat(heard.frames.get(i - 1).headerOffset()).isEqualTo(11);
                }
            }
            assertThat(stream.statistics().framesRead()).isEqualTo(50);
            assertThat(stream.statistics().framesLost()).isZero();
            assertThat(stream.statistics().sequence()).isEqualTo(50);
            assertThat(stream.statistics().lastFrameAgeNanos().orElseThrow()).isLessThan(20 * SECOND);
        }
        assertThat(readerThreadAlive()).isFalse();
    }

    @Test
    void closingStopsPromptlyAndForGood() throws IOException {
        ShmFrameStream stream = stream().build();
        assertThat(stream.statistics().attachState()).isEqualTo(AttachState.STOPPED);
        stream.start();
        await("attached or absent", () -> stream.statistics().attachState() == AttachState.ABSENT);
        stream.close();
        assertThat(stream.statistics().attachState()).isEqualTo(AttachState.STOPPED);
        assertThat(stream.statistics().attachReason()).as("and not interrupted, as who does not end promptly").isEqualTo("closed");
        assertThat(readerThreadAlive()).isFalse();
        stream.close();
        stream.wakeUp();
        assertThatThrownBy(stream::start).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aStreamNeverStartedCanBeClosed() {
        ShmFrameStream stream = stream().build();
        stream.close();
        assertThatThrownBy(stream::start).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void isStartedOnce() {
        try (ShmFrameStream stream = stream().build()) {
            stream.start();
            assertThatThrownBy(stream::start).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void whatIsMissingOrWrongIsSaidWhenTheStreamIsDescribed() {
        ShmFrameStream.Builder stream = ShmFrameStream.builder(path());
        assertThatThrownBy(stream::build).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("listener is not set");
        assertThatThrownBy(() -> stream.headroomBytes(-1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("headroomBytes must be 0 or more, not -1");
        assertThatThrownBy(() -> stream.expectedRegionBytes(-7)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expectedRegionBytes must be 0 or more, not -7");
        assertThatThrownBy(() -> stream.openQueue(0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("capacityFrames must be at least 1, not 0");
        assertThatThrownBy(() -> stream().openQueue(1)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("listener is set");
        assertThatThrownBy(() -> stream.listener(null)).hasMessage("listener");
        assertThatThrownBy(() -> stream.demand(null)).hasMessage("demand");
        assertThatThrownBy(() -> stream.pollMode(null)).hasMessage("pollMode");
        assertThatThrownBy(() -> stream.nanoClock(null)).hasMessage("nanoClock");
        assertThatThrownBy(() -> stream.threadFactory(null)).hasMessage("threadFactory");
        assertThatThrownBy(() -> ShmFrameStream.builder(null)).hasMessage("path");
        assertThatThrownBy(() -> stream().threadFactory(reading -> null).build())
                .hasMessage("the thread factory made no thread");
    }

    @Test
    void readsOnTheThreadItIsGiven() throws IOException {
        AtomicReference<String> name = new AtomicReference<>("");
        try (ShmWriter writer = writer();
                ShmFrameStream stream = stream().listener(frame -> name.set(Thread.currentThread().getName()))
                        .threadFactory(reading -> new Thread(reading, "front camera")).build()) {
            stream.start();
            writer.write(ByteBuffer.allocate(1), 1, FrameFlags.KEYFRAME, Codecs.H264);
            await("a frame", () -> name.get().equals("front camera"));
        }
    }

    @Test
    void anInterruptStopsTheStream() throws IOException {
        AtomicReference<Thread> thread = new AtomicReference<>();
        try (ShmWriter writer = writer();
                ShmFrameStream stream = stream().listener(f -> thread.set(Thread.currentThread())).build()) {
            stream.start();
            writer.write(ByteBuffer.allocate(1), 1, 1, 1);
            await("a frame", () -> thread.get() != null);
            thread.get().interrupt();
            await("the thread's end", () -> !thread.get().isAlive());
            assertThat(stream.statistics().attachReason()).isEqualTo("interrupted");
        }
    }

    @Test
    void theListenerMayCloseTheStream() throws IOException {
        AtomicReference<ShmFrameStream> self = new AtomicReference<>();
        try (ShmWriter writer = writer(); ShmFrameStream stream = stream().listener(f -> self.get().close()).build()) {
            self.set(stream);
            stream.start();
            writer.write(ByteBuffer.allocate(1), 1, 1, 1);
            await("the end", () -> stream.statistics().attachState() == AttachState.STOPPED
                    && stream.statistics().framesRead() == 1);
        }
    }

    @Test
    void aListenerThatDoesNotReturnIsInterrupted() throws IOException {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        try (ShmWriter writer = writer()) {
            ShmFrameStream stream = stream().listener(f -> {
                entered.countDown();
                try {
                    never.await();
                } catch (InterruptedException e) {
                    interrupted.set(true);
                }
            }).build();
            stream.start();
            writer.write(ByteBuffer.allocate(1), 1, 1, 1);
            await("a frame", () -> entered.getCount() == 0);
            stream.close();
        }
        assertThat(interrupted).isTrue();
        assertThat(readerThreadAlive()).isFalse();
    }

    @Test
    void closingByAnInterruptedThreadStillWaitsAndKeepsTheInterrupt() {
        ShmFrameStream stream = stream().build();
        stream.start();
        Thread.currentThread().interrupt();
        stream.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(readerThreadAlive()).isFalse();
    }

    @Test
    void wakingUpMakesATurnAtOnce() throws IOException {
        AtomicBoolean demand = new AtomicBoolean();
        try (ShmFrameStream stream = stream().demand(demand::get).build()) {
            stream.start();
            await("a first turn", () -> heard.polls.get() > 0);
            // Without a file the loop takes a turn every 20 ms.
            long fastestNanos = Long.MAX_VALUE;
            for (int i = 0; i < 50; i++) {
                long before = heard.polls.get();
                long wokenNanos = System.nanoTime();
                stream.wakeUp();
                await("a turn", () -> heard.polls.get() > before);
                fastestNanos = Math.min(fastestNanos, System.nanoTime() - wokenNanos);
            }
            assertThat(fastestNanos).isLessThan(10_000_000);
        }
    }

    @Test
    void survivesAFileTruncatedAndRestoredAtAnyMoment() throws IOException {
        AtomicLong good = new AtomicLong();
        AtomicLong bad = new AtomicLong();
        FrameStreamListener checking = frame -> {
            ByteBuffer payload = frame.payload();
            byte expected = (byte) frame.frameSeq();
            boolean same = true;
            while (payload.hasRemaining()) {
                same &= payload.get() == expected;
            }
            (same ? good : bad).incrementAndGet();
        };
        byte[] payload = new byte[60_000];
        try (ShmFrameStream stream = stream().expectedRegionBytes(65_536).crcEnabled(false)
                .pollMode(PollMode.ADAPTIVE).listener(checking).build();
                RandomAccessFile file = new RandomAccessFile(path().toFile(), "rw")) {
            stream.start();
            for (int round = 0; round < 12; round++) {
                ShmWriter writer = ShmWriter.builder(path()).regionBytes(65_536).crcEnabled(false).open();
                long before = good.get();
                // The writer must not touch the file once it is short: then it would be the writer that faults.
                for (int i = 1; i <= 300 || good.get() == before; i++) {
                    Arrays.fill(payload, (byte) i);
                    writer.write(ByteBuffer.wrap(payload), i, FrameFlags.KEYFRAME, Codecs.H264);
                    long pauseUntil = System.nanoTime() + 100_000;
                    while (System.nanoTime() < pauseUntil) {
                        Thread.onSpinWait();
                    }
                }
                writer.close();
                file.setLength(round % 2 == 0 ? 0 : 4096);
            }
            await("the file's end to be noticed", () -> stream.statistics().attaches() > 1);
            assertThat(bad).hasValue(0);
            assertThat(good).hasValueGreaterThan(12);
            assertThat(readerThreadAlive()).isTrue();
        }
    }
}

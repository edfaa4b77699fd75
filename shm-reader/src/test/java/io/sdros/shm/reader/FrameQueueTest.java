package io.sdros.shm.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sdros.shm.protocol.Codecs;
import io.sdros.shm.protocol.FrameFlags;
import io.sdros.shm.protocol.ShmWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FrameQueueTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration NOT = Duration.ZERO;

    @TempDir
    Path folder;
    private ShmWriter writer;

    @BeforeEach
    void startWriting() throws IOException {
        writer = ShmWriter.builder(folder.resolve("frames")).regionBytes(4096).open();
    }

    @AfterEach
    void stopWriting() {
        writer.close();
    }

    private ShmFrameStream.Builder stream() {
        return ShmFrameStream.builder(folder.resolve("frames")).expectedRegionBytes(0);
    }

    private static void await(String what, BooleanSupplier condition) {
        long startedNanos = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - startedNanos).as(what).isLessThan(LONG.toNanos());
            LockSupport.parkNanos(100_000);
        }
    }

    private void write(boolean keyframe) {
        writer.write(ByteBuffer.allocate(10), 1, keyframe ? FrameFlags.KEYFRAME : 0, Codecs.H264);
    }

    /** Each is read before the next is written. K is a keyframe, d is none. */
    private void write(FrameQueue queue, String frames) {
        for (char frame : frames.toCharArray()) {
            write(frame == 'K');
            long number = writer.framesWritten();
            await("frame " + number, () -> queue.statistics().sequence() == number
                    && queue.statistics().framesRead() + queue.statistics().skippedNonKeyframes() >= number);
        }
    }

    /** These are in the queue, or are about to be, and no others. */
    private static void assertTaken(FrameQueue queue, String... expected) throws InterruptedException {
        List<String> taken = new ArrayList<>();
        Duration patience = LONG;
        for (Optional<QueuedFrame> next = queue.next(patience); next.isPresent(); next = queue.next(patience)) {
            QueuedFrame one = next.get();
            taken.add(one.frame().frameSeq()
                    + one.discontinuity().map(reason -> " " + reason + " " + one.missingFrames()).orElse(""));
            patience = taken.size() < expected.length ? LONG : NOT;
        }
        assertThat(taken).containsExactly(expected);
    }

    @Test
    void framesAreTakenInOrder() throws InterruptedException {
        try (FrameQueue queue = stream().openQueue(8)) {
            write(queue, "KddK");
            await("four frames", () -> queue.statistics().framesRead() == 4);
            assertThat(queue.next(LONG).orElseThrow().frame().frameSeq()).isEqualTo(1);
            assertThat(queue.next(LONG).orElseThrow().frame().frameSeq()).isEqualTo(2);
            assertThat(queue.next(LONG).orElseThrow().frame().frameSeq()).isEqualTo(3);
            QueuedFrame last = queue.next(LONG).orElseThrow();
            assertThat(last.frame().keyframe()).isTrue();
            assertThat(last.discontinuity()).isEmpty();
            assertThat(last.missingFrames()).isZero();
            assertThat(queue.next(Duration.ofMillis(1))).isEmpty();
            assertThat(queue.droppedFrames()).isZero();
            assertThat(queue.open()).isTrue();
        }
    }

    @Test
    void whoWaitsIsWokenByAFrame() throws Exception {
        ExecutorService waiting = Executors.newSingleThreadExecutor();
        try (FrameQueue queue = stream().openQueue(1)) {
            Future<Optional<QueuedFrame>> next = waiting.submit(() -> queue.next(Duration.ofSeconds(Long.MAX_VALUE)));
            write(true);
            assertThat(next.get(30, TimeUnit.SECONDS).orElseThrow().frame().frameSeq()).isEqualTo(1);
        } finally {
            waiting.shutdownNow();
        }
    }

    @Test
    void withoutRoomAKeyframeTakesThePlaceOfAll() throws InterruptedException {
        try (FrameQueue queue = stream().openQueue(3)) {
            write(queue, "KddK");
            await("three dropped", () -> queue.droppedFrames() == 3);
            assertTaken(queue, "4 GAP 3");
        }
    }

    @Test
    void withoutRoomTheNewestGroupIsKept() throws InterruptedException {
        try (FrameQueue queue = stream().openQueue(4)) {
            write(queue, "KdKdd");
            await("two dropped", () -> queue.droppedFrames() == 2);
            assertTaken(queue, "3 GAP 2", "4", "5");
        }
    }

    @Test
    void aFrameWhoseReferencesWereDroppedIsDroppedToo() throws InterruptedException {
        try (FrameQueue queue = stream().openQueue(2)) {
            write(queue, "KdddKd");
            await("four dropped", () -> queue.droppedFrames() == 4);
            assertTaken(queue, "5 GAP 4", "6");
        }
    }

    @Test
    void whoLooksLateGetsTheKeyframeWhateverCameAfterIt() throws InterruptedException {
        try (FrameQueue queue = stream().openQueue(1)) {
            write(queue, "Kddd");
            await("three dropped", () -> queue.droppedFrames() == 3);
            assertTaken(queue, "1");
            write(queue, "dK");
            assertTaken(queue, "6 GAP 4");
        }
    }

    @Test
    void withoutGatingTheOldestMakesWay() throws InterruptedException {
        try (FrameQueue queue = stream().keyframeGating(false).openQueue(2)) {
            write(queue, "Kddd");
            await("two dropped", () -> queue.droppedFrames() == 2);
            assertTaken(queue, "3 GAP 2", "4");
        }
    }

    @Test
    void theLatestOnlyHasACapacityOfOne() throws InterruptedException {
        try (FrameQueue queue = stream().openQueue(1)) {
            write(queue, "KKKK");
            await("three dropped", () -> queue.droppedFrames() == 3);
            assertTaken(queue, "4 GAP 3");
        }
    }

    @Test
    void aWriterThatStartsOverIsSaidAndNotHiddenByALoss() throws IOException, InterruptedException {
        try (FrameQueue queue = stream().openQueue(1)) {
            write(queue, "KK");
            writer.close();
            startWriting();
            write(true);
            await("a restart", () -> queue.droppedFrames() == 2);
            write(true);
            await("another frame", () -> queue.droppedFrames() == 3);
            assertTaken(queue, "2 WRITER_RESTART 3");
        }
    }

    @Test
    void anInterruptEndsTheWaitAndLosesNothing() throws Exception {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        try (FrameQueue queue = stream().openQueue(1)) {
            CountDownLatch started = new CountDownLatch(1);
            Thread waiting = new Thread(() -> {
                started.countDown();
                try {
                    queue.next(LONG);
                } catch (InterruptedException e) {
                    thrown.set(e);
                }
            });
            waiting.start();
            started.await();
            waiting.interrupt();
            waiting.join(LONG.toMillis());
            assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
            write(true);
            assertThat(queue.next(LONG)).isPresent();
        }
    }

    @Test
    void closingEndsTheWaitOfAnotherThread() throws Exception {
        ExecutorService waiting = Executors.newSingleThreadExecutor();
        try {
            FrameQueue queue = stream().openQueue(1);
            Future<Optional<QueuedFrame>> next = waiting.submit(() -> queue.next(LONG));
            queue.close();
            assertThat(next.get(10, TimeUnit.SECONDS)).isEmpty();
            assertThat(queue.open()).isFalse();
            assertThat(queue.statistics().attachState()).isEqualTo(AttachState.STOPPED);
            queue.close();
        } finally {
            waiting.shutdownNow();
        }
    }

    @Test
    void theEndOfTheStreamsThreadIsTheEndOfTheQueue() throws InterruptedException {
        AtomicReference<Thread> reading = new AtomicReference<>();
        try (FrameQueue queue = stream().threadFactory(loop -> {
            reading.set(new Thread(loop, "front camera"));
            return reading.get();
        }).openQueue(1)) {
            write(queue, "K");
            await("a frame", () -> queue.statistics().framesRead() == 1);
            reading.get().interrupt();
            await("the end", () -> !queue.open());
            assertTaken(queue, "1");
            assertThat(queue.next(LONG)).isEmpty();
        }
    }

    @Test
    void aTimeoutIsNeeded() {
        try (FrameQueue queue = stream().openQueue(1)) {
            assertThatThrownBy(() -> queue.next(null)).hasMessage("timeout");
        }
    }
}

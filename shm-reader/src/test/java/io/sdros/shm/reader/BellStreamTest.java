package io.sdros.shm.reader;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.shm.protocol.BellAddress;
import io.sdros.shm.protocol.Codecs;
import io.sdros.shm.protocol.FrameFlags;
import io.sdros.shm.protocol.ShmWriter;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams, real producers and real sockets: whatever the bell does, frames come. */
@Tag("slow")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BellStreamTest {

    private static final long MILLI = 1_000_000;
    private static final int FRAMES = 20;

    @TempDir
    Path folder;
    private Path region;
    private final RecordingListener heard = new RecordingListener();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @BeforeEach
    void prepare() {
        region = folder.resolve("frames");
    }

    @AfterEach
    void closeAll() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    private <T extends AutoCloseable> T open(T one) {
        opened.add(one);
        return one;
    }

    private ShmFrameStream stream(Path path) {
        ShmFrameStream stream = open(ShmFrameStream.builder(path).expectedRegionBytes(0).listener(heard).build());
        stream.start();
        return stream;
    }

    private ShmWriter writer(boolean bell) throws IOException {
        return open(ShmWriter.builder(region).regionBytes(4096).bell(bell).open());
    }

    private static void write(ShmWriter writer) {
        writer.write(ByteBuffer.allocate(100), 1, FrameFlags.KEYFRAME, Codecs.H264);
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadlineNanos = System.nanoTime() + 20_000 * MILLI;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new AssertionError("not within 20 s: " + what);
            }
            LockSupport.parkNanos(MILLI / 10);
        }
    }

    /** Each frame is delivered before the next one is written. */
    private void everyFrameComes(ShmWriter writer, int frames) {
        for (int i = 0; i < frames; i++) {
            int before = heard.frames.size();
            write(writer);
            await("frame " + writer.framesWritten(), () -> heard.frames.size() > before);
        }
    }

    private void untilHeard(ShmFrameStream stream, ShmWriter writer, boolean bell) {
        await("bell " + bell, () -> {
            everyFrameComes(writer, 1);
            return stream.statistics().bell() == bell;
        });
    }

    private ServerSocketChannel strangersBell() throws IOException {
        ServerSocketChannel server = open(ServerSocketChannel.open(StandardProtocolFamily.UNIX));
        return server.bind(BellAddress.of(region).orElseThrow());
    }

    @Test
    void isWokenByTheProducer() throws IOException {
        ShmWriter writer = writer(true);
        ShmFrameStream stream = stream(region);
        untilHeard(stream, writer, true);
        everyFrameComes(writer, FRAMES);
        long polls = heard.polls.get();
        long beforeNanos = System.nanoTime();
        await("half a second", () -> System.nanoTime() - beforeNanos > 500 * MILLI);
        long turns = heard.polls.get() - polls;
        // It is longer where this thread is kept waiting and the other is not.
        assertThat(turns).as("turns while nothing comes").isLessThan(15 + (System.nanoTime() - beforeNanos) / BellListener.WAIT_NANOS);
        assertThat(stream.statistics().bell()).isTrue();
        assertThat(writer.bellReaders()).hasValue(1);
    }

    @Test
    void wakersOtherThanTheBellAreHeardInTheMiddleOfTheWait() throws IOException {
        ShmWriter writer = writer(true);
        ShmFrameStream stream = stream(region);
        untilHeard(stream, writer, true);
        // Long enough for the longest wait to be the one that is interrupted.
        long quietNanos = System.nanoTime();
        await("frames away", () -> System.nanoTime() - quietNanos > StreamLoop.AWAY_AFTER_NANOS + 200 * MILLI);
        long fastest = Long.MAX_VALUE;
        for (int i = 0; i < 20; i++) {
            long polls = heard.polls.get();
            long wokenNanos = System.nanoTime();
            stream.wakeUp();
            await("a turn", () -> heard.polls.get() > polls);
            fastest = Math.min(fastest, System.nanoTime() - wokenNanos);
        }
        assertThat(fastest).isLessThan(BellListener.WAIT_NANOS);
        stream.close();
        assertThat(stream.statistics().attachReason()).as("and not interrupted").isEqualTo("closed");
    }

    @Test
    void aProducerThatDiesAndIsReplacedIsHeardAgain() throws IOException {
        ShmWriter first = writer(true);
        ShmFrameStream stream = stream(region);
        untilHeard(stream, first, true);
        // As a process that is killed: the connections end, the socket's file stays.
        first.close();
        await("hung up", () -> !stream.statistics().bell());
        Files.deleteIfExists(BellAddress.path(region));
        strangersBell().close();
        assertThat(BellAddress.path(region)).exists();

        ShmWriter second = writer(true);
        untilHeard(stream, second, true);
        everyFrameComes(second, FRAMES);
    }

    @Test
    void aProducerInAnotherFileWhileTheOldOneLivesIsHeard() throws IOException {
        ShmWriter first = writer(true);
        ShmFrameStream stream = stream(region);
        untilHeard(stream, first, true);
        Path kept = folder.resolve("kept");
        Files.move(region, kept);
        ShmWriter second = writer(true);
        write(second);
        await("attached to the new one", () -> stream.statistics().attaches() == 2);
        untilHeard(stream, second, true);
        everyFrameComes(second, FRAMES);
    }

    @Test
    void aBellThatNeverRingsCostsNothing() throws IOException {
        strangersBell();
        ShmFrameStream stream = stream(region);
        ShmWriter writer = writer(false);
        everyFrameComes(writer, 3 * FRAMES);
        assertThat(stream.statistics().bell()).isFalse();
    }

    @Test
    void aProducerThatStopsRingingIsPolled() throws IOException {
        ShmWriter ringing = writer(true);
        ShmFrameStream stream = stream(region);
        untilHeard(stream, ringing, true);
        // The bell is still held open by the first; the region is written by somebody else.
        RegionImage silent = RegionImage.inFile(region, 4096);
        await("polling", () -> {
            int before = heard.frames.size();
            long next = stream.statistics().sequence() + 1;
            silent.key(next, next);
            await("frame " + next, () -> heard.frames.size() > before);
            return !stream.statistics().bell();
        });
    }

    @Test
    void aBellThatRingsForNothingIsLeftAlone() throws IOException {
        ServerSocketChannel server = strangersBell();
        RegionImage image = RegionImage.inFile(region, 4096);
        ShmFrameStream stream = stream(region);
        AtomicBoolean goOn = new AtomicBoolean(true);
        Semaphore strokes = new Semaphore(0);
        Thread ringer = new Thread(() -> {
            ByteBuffer stroke = ByteBuffer.allocate(1);
            while (goOn.get()) {
                try (SocketChannel reader = server.accept()) {
                    while (goOn.get()) {
                        strokes.acquire();
                        reader.write(stroke.clear());
                    }
                } catch (IOException | InterruptedException e) {
                    Thread.onSpinWait();
                }
            }
        });
        ringer.start();
        opened.add(() -> {
            goOn.set(false);
            server.close();
            strokes.release();
            ringer.join();
        });
        int[] frame = new int[1];
        await("trusted, after a ring for each frame", () -> {
            int before = heard.frames.size();
            frame[0]++;
            image.key(frame[0], frame[0]);
            strokes.drainPermits(); // those of a time without a connection
            strokes.release();
            await("frame " + frame[0], () -> heard.frames.size() > before);
            return heard.bellsHeard.get() > 0;
        });
        strokes.release(1_000_000_000);
        await("left alone", () -> !stream.statistics().bell());
        long polls = heard.polls.get();
        long beforeNanos = System.nanoTime();
        await("a second", () -> System.nanoTime() - beforeNanos > 1_000 * MILLI);
        long turns = heard.polls.get() - polls;
        assertThat(turns).as("turns, where every ring would be one").isLessThan(3 * (System.nanoTime() - beforeNanos) / MILLI);
    }

    @Test
    void theSeventeenthReaderPolls() throws IOException {
        ShmWriter writer = writer(true);
        List<RecordingListener> listeners = new ArrayList<>();
        List<ShmFrameStream> streams = new ArrayList<>();
        for (int i = 0; i <= BellAddress.MAX_READERS; i++) {
            RecordingListener listener = new RecordingListener();
            ShmFrameStream stream = open(
                    ShmFrameStream.builder(region).expectedRegionBytes(0).listener(listener).build());
            stream.start();
            listeners.add(listener);
            streams.add(stream);
        }
        await("sixteen heard", () -> {
            List<Integer> before = listeners.stream().map(listener -> listener.frames.size()).toList();
            write(writer);
            for (int i = 0; i < listeners.size(); i++) {
                int reader = i;
                await("reader " + i, () -> listeners.get(reader).frames.size() > before.get(reader));
            }
            return streams.stream().filter(stream -> stream.statistics().bell()).count() == BellAddress.MAX_READERS;
        });
        assertThat(writer.bellReaders()).hasValue(BellAddress.MAX_READERS);
    }

    @Test
    void aBellIsHeardThroughAReadOnlyBindMount() throws Exception {
        Path inside = Files.createDirectory(folder.resolve("inside"));
        Path outside = Files.createDirectory(folder.resolve("outside"));
        region = inside.resolve("frames");
        int mounted = run("mount", "--bind", inside.toString(), outside.toString());
        Assumptions.assumeTrue(mounted == 0, "mounting takes root, or CAP_SYS_ADMIN");
        opened.add(() -> run("umount", outside.toString()));
        Assumptions.assumeTrue(run("mount", "-o", "remount,bind,ro", outside.toString()) == 0, "no read-only remount");
        assertThat(outside.resolve("frames").getFileSystem().isReadOnly() || !Files.isWritable(outside)).isTrue();

        ShmWriter writer = writer(true);
        ShmFrameStream stream = stream(outside.resolve("frames"));
        untilHeard(stream, writer, true);
    }

    private static int run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        return process.waitFor(30, TimeUnit.SECONDS) ? process.exitValue() : -1;
    }
}

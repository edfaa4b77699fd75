package io.sdros.it.reader;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.PythonWriter;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.StallMeter;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.TestClip;
import io.sdros.it.support.VideoFrame;
import io.sdros.it.support.WsRecorder;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Writers that die, start over, and treat the region's file badly, under one connected client. */
final class WriterRestartIT {

    /** A frame is in the slot for 33 ms, and for up to 20 of them a reader of a silent stream does not look. */
    private static final Duration TOO_BUSY = Duration.ofMillis(10);

    /** Frames of a later writer are known by their frame_id. */
    private static final long LATER = 1_000_000;

    private final OpenResources opened = new OpenResources();
    private final StallMeter stalls = opened.add(StallMeter.start());
    private TempRegion region;
    private ServerProcess server;
    private WsRecorder client;

    @BeforeEach
    void startServerAndClient() {
        region = opened.add(TempRegion.create());
        server = opened.add(ServerProcess.builder().region(region).start());
        client = opened.add(WsRecorder.connect(server));
    }

    @AfterEach
    void stopEverything() {
        opened.close();
    }

    private PythonWriter firstWriter() {
        return PythonWriter.start(TestClip.seconds(4), region, "--loop", "--start-seq", "100000");
    }

    private PythonWriter laterWriter() {
        return PythonWriter.start(TestClip.seconds(4), region, "--loop", "--tell-keyframes",
                "--start-id", Long.toString(LATER));
    }

    /** Before the server has noticed another file, keyframes may pass. */
    private void assertDeliveryResumes(PythonWriter later) {
        assertDeliveryResumes(later, () -> Deadlines.RESUME);
    }

    /**
     * What the machine keeps threads waiting is not the server's.
     *
     * @param noticed from the first frame on, how long keyframes may pass the server by; asked for afterwards
     */
    private void assertDeliveryResumes(PythonWriter later, Supplier<Duration> noticed) {
        WsRecorder.Received first = client.awaitFrameFrom(LATER);
        long firstId = WsRecorder.frame(first).frameId();
        List<PythonWriter.Keyframe> keyframes = Await.value("the writer tells of frame " + firstId, Deadlines.SOON,
                () -> Optional.of(later.keyframes()).filter(told -> told.stream().anyMatch(key -> key.frameId() == firstId)));

        assertThat(WsRecorder.frame(first).keyframe()).as("a keyframe first").isTrue();
        assertThat(keyframes).filteredOn(keyframe -> keyframe.frameId() < firstId).as("keyframes that passed")
                .allSatisfy(passed -> assertThat(passed.nanos() - keyframes.get(0).nanos()).isLessThan(
                        noticed.get().plus(stalls.between(keyframes.get(0).nanos(), passed.nanos())).toNanos()));
        assertThat(keyframes).filteredOn(keyframe -> keyframe.frameId() == firstId).singleElement()
                .satisfies(seen -> assertThat(first.nanos() - seen.nanos()).as("from its store to the client")
                        .isLessThan(Deadlines.RESUME.plus(stalls.between(seen.nanos(), first.nanos())).toNanos()));
        client.awaitFrameFrom(WsRecorder.frame(first).frameId() + 15);
        List<VideoFrame> video = client.video().stream().filter(frame -> frame.frameId() >= LATER).toList();
        for (int i = 1; i < video.size(); i++) {
            assertThat(video.get(i).frameSeq() == video.get(i - 1).frameSeq() + 1 || video.get(i).keyframe())
                    .as("after a gap a keyframe: " + video).isTrue();
        }
        assertThat(server.process().isAlive()).isTrue();
        assertThat(server.http().get("/health").statusCode()).isEqualTo(200);
        assertThat(client.closeCode()).isEmpty();
    }

    @Test
    void aWriterKilledAndStartedAgainCountsFromTheBeginning() {
        try (PythonWriter first = firstWriter()) {
            client.awaitVideo(20);
            first.kill();
        }
        try (StallMeter meanwhile = StallMeter.start(); PythonWriter later = laterWriter()) {
            // In the same file nothing has to be noticed first, but it has one slot: a frame is there until the next one.
            assertDeliveryResumes(later,
                    () -> meanwhile.longest().compareTo(TOO_BUSY) < 0 ? Duration.ZERO : Deadlines.RESUME);
        }
        assertThat(server.http().metrics().sum("sdr_writer_restarts_total")).isGreaterThanOrEqualTo(1);
    }

    @Test
    void theRegionIsDeletedAndCreatedAgain() throws IOException {
        try (PythonWriter first = firstWriter()) {
            client.awaitVideo(20);
            first.kill();
        }
        Files.delete(region.path());
        try (PythonWriter later = laterWriter()) {
            assertDeliveryResumes(later);
        }
    }

    @Test
    void theRegionIsReplacedUnderALivingWriter() throws IOException {
        try (PythonWriter first = firstWriter()) {
            first.awaitFirstFrame();
            client.awaitVideo(20);
            // The first writer goes on writing into a file that has no name any more.
            Files.delete(region.path());
            try (PythonWriter later = laterWriter()) {
                assertDeliveryResumes(later);
            }
        }
    }

    @Test
    void aReplacementWithTheSameSequenceIsNotTakenForTheOldFrame() throws IOException {
        RegionWriter old = RegionWriter.open(region.path());
        server.http().awaitAttached();
        old.keyframe(100);
        client.awaitVideo(1);

        Path fresh = region.sibling("fresh");
        VideoFrame frame = RegionWriter.open(fresh).keyframe(200);
        Files.move(fresh, region.path(), StandardCopyOption.ATOMIC_MOVE);

        List<VideoFrame> video = client.awaitVideo(2);
        assertThat(video.get(1).headerAndPayload()).isEqualTo(frame.headerAndPayload());
    }

    @Test
    void theRegionIsTruncatedUnderTheReader() throws IOException {
        try (PythonWriter first = firstWriter()) {
            client.awaitVideo(20);
            first.kill();
        }
        truncate();
        assertThat(Await.holdsFor(Deadlines.RESUME, () -> server.process().isAlive()))
                .as(server.process().output()).isTrue();
        assertThat(server.http().get("/health").statusCode()).isEqualTo(200);

        try (PythonWriter later = laterWriter()) {
            assertDeliveryResumes(later);
        }
    }

    @Test
    void theRegionIsTruncatedAgainAndAgainWhileFramesAreRead() throws IOException {
        for (int round = 0; round < 10; round++) {
            RegionWriter writer = RegionWriter.open(region.path()).continueAt(1 + 10L * round);
            int before = client.video().size();
            Await.until("a frame of round " + round, Deadlines.SOON, () -> {
                writer.keyframe(2_000_000);
                return client.video().size() > before;
            });
            writer.keyframe(2_000_000);
            truncate();
        }
        try (PythonWriter later = laterWriter()) {
            assertDeliveryResumes(later);
        }
    }

    private void truncate() throws IOException {
        try (FileChannel channel = FileChannel.open(region.path(), StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }
    }

    @Test
    void theRegionAppearsAfterTheClient() {
        assertThat(region.path()).doesNotExist();
        try (PythonWriter later = laterWriter()) {
            assertDeliveryResumes(later);
        }
    }
}

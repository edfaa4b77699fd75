package io.sdros.it.bitstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.NumberedClip;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.Tool;
import io.sdros.it.support.VideoFrame;
import io.sdros.it.support.WorkDirectory;
import io.sdros.it.support.WsRecorder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Viewers that ask for fewer frames, of streams whose pictures need each other, with B-frames that nobody needs, and of pictures
 * that stand alone. What they get is decoded by ffmpeg, and every picture compared with those of the stream as it left the encoder.
 */
@Timeout(120)
final class FewerFramesIT {

    private static final int FRAMES_PER_SECOND = 30;
    private static final int PICTURES = 9 * FRAMES_PER_SECOND;
    /** By then the server has measured the rate of each stream; before, it leaves out nothing that others need. */
    private static final int MEASURED = 5 * FRAMES_PER_SECOND;
    private static final double OF_B_FRAMES = 15;
    private static final double OF_NEEDED = 4;
    private static final double OF_JPEG = 5;
    private static final int JPEG = 3;
    private static final long FRAME_NANOS = Duration.ofSeconds(1).toNanos() / FRAMES_PER_SECOND;

    private final OpenResources opened = new OpenResources();
    private final List<WsRecorder> recorders = new ArrayList<>();
    private ServerProcess server;

    @AfterEach
    void closeEverything() {
        opened.close();
    }

    /** A viewer, and one who asks for no less: that one gets all. */
    private record Viewers(List<WsRecorder> reduced, WsRecorder whole) {
    }

    private ChildProcess producer(Path clip, TempRegion region) {
        List<String> words = List.of(Tool.command("python3"), Tool.repositoryFile("docs/examples/producer.py").toString(), "--fps",
                Integer.toString(FRAMES_PER_SECOND), "--path", region.path().toString());
        return opened.add(ChildProcess.start("producer",
                List.of("sh", "-c", "exec '" + String.join("' '", words) + "' < '" + clip + "'")));
    }

    private Viewers viewers(String stream, double most) {
        URI whole = URI.create("ws://127.0.0.1:" + server.port() + "/streams/" + stream + "/ws");
        URI reduced = URI.create(whole + "?max_fps=" + most);
        return new Viewers(List.of(recorder(WsRecorder.connect(reduced, Map.of())), recorder(WsRecorder.connectSdr2(reduced))),
                recorder(WsRecorder.connect(whole, Map.of())));
    }

    private WsRecorder recorder(WsRecorder viewer) {
        recorders.add(viewer);
        return opened.add(viewer);
    }

    private static Path file(List<List<Nal>> pictures) {
        Path file = WorkDirectory.newFile("fewer", ".h264");
        try {
            Files.write(file, stream(pictures.stream().map(Nal::annexB).toList()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    private static byte[] stream(List<byte[]> payloads) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        payloads.forEach(bytes::writeBytes);
        return bytes.toByteArray();
    }

    private static boolean needed(List<Nal> picture) {
        return picture.stream().anyMatch(unit -> unit.slice() && (unit.bytes()[0] & 0x60) != 0);
    }

    @Test
    void whatComesIsLessAndDecodes() {
        List<List<Nal>> withB = EncodedClip.h264(PICTURES, "bframes=2:b-adapt=0:b-pyramid=none:open-gop=0:keyint=30:min-keyint=30");
        List<List<Nal>> withoutB = EncodedClip.h264(PICTURES, "bframes=0:keyint=30:min-keyint=30");
        List<byte[]> jpegs = NumberedClip.jpeg(320, 192, 0, FRAMES_PER_SECOND);
        TempRegion ofB = opened.add(TempRegion.create());
        TempRegion ofP = opened.add(TempRegion.create());
        TempRegion ofJpeg = opened.add(TempRegion.create());
        server = opened.add(ServerProcess.builder()
                .set("SDR_STREAMS", "b=shm:" + ofB.path() + ",p=shm:" + ofP.path() + ",jpeg=shm:" + ofJpeg.path())
                .set("SDR_MAX_LATENCY_MS", "10000").set("SDR_BROADCAST_CAPACITY", "1024").start());
        Viewers viewersOfB = viewers("b", OF_B_FRAMES);
        Viewers viewersOfP = viewers("p", OF_NEEDED);
        Viewers viewersOfJpeg = viewers("jpeg", OF_JPEG);
        server.http().awaitClients(recorders.size());
        RegionWriter writer = RegionWriter.open(ofJpeg.path());
        long fromNanos = System.nanoTime();
        ChildProcess producerOfB = producer(file(withB), ofB);
        ChildProcess producerOfP = producer(file(withoutB), ofP);
        for (int written = 0; producerOfB.isAlive() || producerOfP.isAlive(); written++) {
            writer.write(written, VideoFrame.KEYFRAME, JPEG, jpegs.get(written % jpegs.size()));
            Await.pause(FRAME_NANOS);
        }
        double seconds = (System.nanoTime() - fromNanos) / 1e9;
        awaitLast(viewersOfB.whole, PICTURES);
        awaitLast(viewersOfP.whole, PICTURES);
        awaitLast(viewersOfJpeg.whole, writer.sequence());
        awaitAllIsWithThem();

        assertThat(viewersOfB.reduced).allSatisfy(viewer -> assertDroppableOnesAreLeftOut(viewer.video(), withB, seconds));
        assertThat(viewersOfP.reduced).allSatisfy(viewer -> assertKeyframesOnly(viewer.video(), withoutB));
        assertThat(viewersOfJpeg.reduced).allSatisfy(viewer -> assertStillsAtThatPace(viewer.video(), seconds, writer.sequence()));
        for (Viewers viewers : List.of(viewersOfB, viewersOfP)) {
            List<VideoFrame> all = viewers.whole.video();
            assertThat(all).as("nothing is missing").hasSize(PICTURES);
        }
        assertThat(server.http().metrics().sum("sdr_lag_events_total")).isZero();
        for (String stream : List.of("b", "p", "jpeg")) {
            assertThat(server.http().metrics().samples().get(
                    "sdr_frames_dropped_total{stream=\"" + stream + "\",reason=\"unwanted\",}")).as(stream).isPositive();
        }
    }

    private static void awaitLast(WsRecorder viewer, long frameSeq) {
        Await.until("the last frame", Deadlines.SOON, () -> {
            List<VideoFrame> all = viewer.video();
            return !all.isEmpty() && all.get(all.size() - 1).frameSeq() == frameSeq;
        });
    }

    /** Who asked for less has no last frame that could be waited for, but what was sent to it, too, is counted. */
    private void awaitAllIsWithThem() {
        Await.until("what was sent to them is with them", Deadlines.SOON,
                () -> server.http().metrics().sum("sdr_video_messages_sent_total")
                        == recorders.stream().mapToLong(viewer -> viewer.video().size()).sum());
    }

    private static void assertDroppableOnesAreLeftOut(List<VideoFrame> got, List<List<Nal>> pictures, double seconds) {
        List<Integer> all = got.stream().map(frame -> (int) frame.frameSeq()).toList();
        List<Integer> neededOnes = IntStream.rangeClosed(1, PICTURES).filter(number -> needed(pictures.get(number - 1))).boxed().toList();
        assertThat(all).as("all that others need").containsAll(neededOnes);
        assertThat(all.size()).as("and some of the others, in %s s", seconds).isGreaterThan(neededOnes.size())
                .isLessThan(PICTURES).isLessThanOrEqualTo((int) (OF_B_FRAMES * seconds) + 5);
        assertDecodes(got, pictures);
    }

    private static void assertKeyframesOnly(List<VideoFrame> got, List<List<Nal>> pictures) {
        assertThat(got).extracting(VideoFrame::frameSeq).as("from the beginning up to somewhere, and then every keyframe")
                .filteredOn(number -> number > MEASURED)
                .containsExactlyElementsOf(LongStream.rangeClosed(MEASURED + 1, PICTURES)
                        .filter(number -> (number - 1) % FRAMES_PER_SECOND == 0).boxed().toList());
        assertThat(got).hasSizeGreaterThan(MEASURED / 4);
        assertDecodes(got, pictures);
    }

    private static void assertDecodes(List<VideoFrame> got, List<List<Nal>> pictures) {
        List<String> whole = EncodedClip.decoded(stream(pictures.stream().map(Nal::annexB).toList()), false);
        List<String> decoded = EncodedClip.decoded(stream(got.stream().map(VideoFrame::payload).toList()), false);
        assertThat(decoded).as("a picture for each frame").hasSameSizeAs(got);
        assertThat(whole).as("the same pictures in the same order").containsSubsequence(decoded);
    }

    private static void assertStillsAtThatPace(List<VideoFrame> got, double seconds, long written) {
        assertThat(got.size()).as("of %d in %s s", written, seconds).isGreaterThan((int) OF_JPEG).isLessThan((int) written)
                .isLessThanOrEqualTo((int) (OF_JPEG * seconds) + MEASURED);
        Path file = WorkDirectory.newFile("fewer", ".mjpeg");
        try {
            Files.write(file, stream(got.stream().map(VideoFrame::payload).toList()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String sums = ChildProcess.run("ffmpeg-decode", List.of(Tool.command("ffmpeg"), "-v", "error", "-f", "mjpeg", "-i",
                file.toString(), "-f", "framemd5", "-"), Deadlines.SOON);
        assertThat(sums.lines().filter(line -> !line.startsWith("#"))).hasSameSizeAs(got).allMatch(line -> line.split(",").length == 6);
    }
}

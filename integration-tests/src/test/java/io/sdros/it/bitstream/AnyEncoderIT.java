package io.sdros.it.bitstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.VideoFrame;
import io.sdros.it.support.WsRecorder;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Streams as encoders send them, on the wire: one viewer from the start, one who joins later. What they get is decoded by
 * ffmpeg, and every picture compared with ffmpeg's decode of the stream as it left the encoder.
 */
final class AnyEncoderIT {

    private static final int PICTURES = 3 * EncodedClip.GROUP;
    private static final int LATE = EncodedClip.GROUP + 4;
    private static final int H264 = 1;
    private static final int HEVC = 2;

    private final OpenResources opened = new OpenResources();
    private final TempRegion region = opened.add(TempRegion.create());
    private RegionWriter writer;
    private ServerProcess server;

    @AfterEach
    void closeEverything() {
        opened.close();
    }

    /** A server on which nobody lags, however busy the machine is: what arrives is to be compared. */
    private void start(String... settings) {
        List<String> all = new ArrayList<>(List.of("SDR_MAX_LATENCY_MS", "0", "SDR_BROADCAST_CAPACITY", "1024"));
        all.addAll(List.of(settings));
        server = opened.add(ServerProcess.start(region, all.toArray(new String[0])));
        writer = RegionWriter.open(region.path());
        server.http().awaitAttached();
    }

    private WsRecorder viewer() {
        int before = ((Number) server.http().json("/health").get("clients")).intValue();
        WsRecorder viewer = opened.add(WsRecorder.connect(server));
        server.http().awaitClients(before + 1);
        return viewer;
    }

    /** One frame after the other, each once the server has read the one before: none can be lost. */
    private void write(List<Commit> commits, int codec) {
        for (Commit commit : commits) {
            writer.write(1, commit.flags(), codec, commit.payload());
            server.http().awaitShmSequence(writer.sequence());
        }
    }

    private static byte[] stream(List<VideoFrame> frames) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        frames.forEach(frame -> bytes.writeBytes(frame.payload()));
        return bytes.toByteArray();
    }

    private static byte[] whole(List<List<Nal>> pictures) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        pictures.forEach(picture -> bytes.writeBytes(Nal.annexB(picture)));
        return bytes.toByteArray();
    }

    /** That headers say what is in the payloads. */
    private static void assertHeaders(List<VideoFrame> frames, boolean hevc) {
        for (VideoFrame frame : frames) {
            CRC32 crc = new CRC32();
            crc.update(frame.payload());
            byte[] header = frame.headerAndPayload();
            int stored = header[24] & 0xff | (header[25] & 0xff) << 8 | (header[26] & 0xff) << 16 | header[27] << 24;
            assertThat(stored).as("CRC of %s", frame).isEqualTo((int) crc.getValue());
            assertThat(frame.sizeBytes()).isEqualTo(frame.payload().length);
            List<Nal> units = Nal.split(frame.payload(), hevc);
            assertThat(frame.keyframe()).as("flag of %s", frame).isEqualTo(Nal.keyframe(units));
            assertThat(units).as("%s has a picture", frame).anyMatch(Nal::slice);
        }
    }

    private void assertBothSeeEveryPicture(List<List<Nal>> pictures, List<Commit> commits, boolean hevc) {
        int codec = hevc ? HEVC : H264;
        List<String> expected = EncodedClip.decoded(whole(pictures), hevc);
        assertThat(expected).hasSize(pictures.size());
        start();
        WsRecorder first = viewer();
        write(commits.subList(0, LATE), codec);
        WsRecorder late = viewer();
        write(commits.subList(LATE, commits.size()), codec);
        List<VideoFrame> all = first.awaitVideo(pictures.size());
        // Who joins is sent the group that is under way.
        int lateFrom = EncodedClip.GROUP;
        List<VideoFrame> rest = late.awaitVideo(pictures.size() - lateFrom);

        assertHeaders(all, hevc);
        assertHeaders(rest, hevc);
        assertThat(EncodedClip.decoded(stream(all), hevc)).isEqualTo(expected);
        assertThat(EncodedClip.decoded(stream(rest), hevc)).isEqualTo(expected.subList(lateFrom, expected.size()));
    }

    @ParameterizedTest
    @EnumSource(Habit.class)
    void everyPictureOfH264IsRight(Habit habit) {
        List<List<Nal>> pictures = EncodedClip.h264(PICTURES, "slices=2:bframes=0");
        assertBothSeeEveryPicture(pictures, habit.commits(pictures), false);
    }

    @ParameterizedTest
    @EnumSource(value = Habit.class, names = {"SETS_ONCE", "SETS_ALONE_BEFORE_EACH_KEYFRAME", "FLAG_ON_EVERY_FRAME",
        "FLAG_ON_NONE", "LENGTH_PREFIXED_SETS_ONCE"})
    void everyPictureOfHevcIsRight(Habit habit) {
        List<List<Nal>> pictures = EncodedClip.hevc(PICTURES, "bframes=0");
        assertBothSeeEveryPicture(pictures, habit.commits(pictures), true);
    }

    /** The encoder starts first; when somebody watches, the parameter sets have long been sent. */
    @Test
    void whoeverComesLateHasTheSetsThatWereSentBeforeAnybodyCame() {
        List<List<Nal>> pictures = EncodedClip.h264(PICTURES, "bframes=0");
        List<Commit> commits = Habit.SETS_ONCE.commits(pictures);
        start();
        write(commits.subList(0, 1), H264);
        Await.until("the first frame is read, and no more", Deadlines.SOON,
                () -> server.http().metrics().sum("sdr_frames_read_total") > 0 && server.http().metrics().sum("sdr_reading") == 0);
        write(commits.subList(1, LATE), H264);
        assertThat(server.http().metrics().sum("sdr_frames_read_total")).isEqualTo(1);
        WsRecorder viewer = viewer();
        write(commits.subList(LATE, commits.size()), H264);
        List<VideoFrame> frames = viewer.awaitVideo(EncodedClip.GROUP);
        assertThat(EncodedClip.decoded(stream(frames), false))
                .isEqualTo(EncodedClip.decoded(whole(pictures), false).subList(2 * EncodedClip.GROUP, PICTURES));
    }

    @Test
    void slicesOf400BytesBehindTheirLengths() {
        List<List<Nal>> pictures = EncodedClip.h264(PICTURES, "slice-max-size=400:bframes=0");
        assertThat(pictures.stream().flatMap(List::stream).filter(Nal::slice)
                .filter(nal -> nal.bytes().length >= 256 && nal.bytes().length < 512).count()).isGreaterThan(PICTURES);
        assertBothSeeEveryPicture(pictures, Habit.LENGTH_PREFIXED.commits(pictures), false);
        assertCondition("length_prefixed");
    }

    @Test
    void twoIdsInTurn() {
        List<List<Nal>> zero = EncodedClip.h264(PICTURES, "sps-id=0:bframes=0");
        List<List<Nal>> one = EncodedClip.h264(PICTURES, "sps-id=1:bframes=0:cabac=0");
        List<List<Nal>> pictures = new ArrayList<>(zero.subList(0, EncodedClip.GROUP));
        pictures.addAll(one.subList(EncodedClip.GROUP, 2 * EncodedClip.GROUP));
        pictures.addAll(zero.subList(2 * EncodedClip.GROUP, PICTURES));
        List<Nal> both = new ArrayList<>(pictures.get(0));
        both.addAll(1, Nal.only(one.get(0), Nal::parameterSet));
        List<Commit> commits = new ArrayList<>(Habit.SETS_ONCE.commits(pictures));
        commits.set(0, Commit.right(both));
        assertBothSeeEveryPicture(pictures, commits, false);
    }

    @Test
    void aPpsChangedAlone() {
        List<List<Nal>> before = EncodedClip.h264(PICTURES, "bframes=0:chroma-qp-offset=0");
        List<List<Nal>> after = EncodedClip.h264(PICTURES, "bframes=0:chroma-qp-offset=6");
        List<List<Nal>> pictures = new ArrayList<>(before.subList(0, EncodedClip.GROUP));
        pictures.addAll(after.subList(EncodedClip.GROUP, PICTURES));
        List<Nal> changed = Nal.only(after.get(EncodedClip.GROUP), nal -> nal.type() == 8);
        assertThat(changed).hasSize(1);
        List<Commit> commits = new ArrayList<>(Habit.SETS_ONCE.commits(pictures));
        commits.add(EncodedClip.GROUP, Commit.key(changed));
        assertBothSeeEveryPicture(pictures, commits, false);
    }

    /** Every frame says that it is a keyframe, and one is lost: what comes next refers to it. */
    @Test
    void afterALossOnlyARealKeyframeGoesOn() {
        List<List<Nal>> pictures = EncodedClip.h264(PICTURES, "bframes=0");
        List<Commit> commits = Habit.FLAG_ON_EVERY_FRAME.commits(pictures);
        List<String> expected = EncodedClip.decoded(whole(pictures), false);
        start();
        WsRecorder viewer = viewer();
        write(commits.subList(0, 14), H264);
        writer.continueAt(writer.sequence() + 2);
        write(commits.subList(15, commits.size()), H264);

        List<VideoFrame> frames = viewer.awaitVideo(14 + EncodedClip.GROUP);
        List<String> shown = new ArrayList<>(expected.subList(0, 14));
        shown.addAll(expected.subList(2 * EncodedClip.GROUP, PICTURES));
        assertThat(EncodedClip.decoded(stream(frames), false)).isEqualTo(shown);
        assertCondition("flag_mismatch");
    }

    @Test
    void anOpenGroupOfHevcCanBeJoinedAtItsCra() {
        List<List<Nal>> pictures = EncodedClip.hevc(PICTURES, "bframes=0:open-gop=1");
        assertThat(pictures.stream().flatMap(List::stream)).anyMatch(nal -> nal.type() == 21);
        assertBothSeeEveryPicture(pictures, Habit.SETS_ONCE.commits(pictures), true);
    }

    @ParameterizedTest
    @EnumSource(Cut.class)
    void whatIsNotOnePictureAtATimeIsNamed(Cut cut) {
        start();
        viewer();
        write(cut.commits(EncodedClip.h264(2 * PICTURES, "slices=3:bframes=0")), H264);
        assertCondition("split_units");
    }

    @Test
    void lengthPrefixedWithoutAnyParameterSets() {
        List<List<Nal>> pictures = EncodedClip.h264(PICTURES, "bframes=0");
        start();
        WsRecorder viewer = viewer();
        write(pictures.stream().map(picture -> new Commit(Nal.lengthPrefixed(Nal.only(picture, Nal::slice)), 0)).toList(),
                H264);
        List<VideoFrame> frames = viewer.awaitVideo(PICTURES);
        for (int i = 0; i < PICTURES; i++) {
            assertThat(frames.get(i).payload()).isEqualTo(Nal.annexB(Nal.only(pictures.get(i), Nal::slice)));
        }
        assertCondition("length_prefixed");
        assertCondition("no_parameter_sets");
    }

    @Test
    void whereNothingIsInsertedEveryPayloadIsAsItCame() {
        List<List<Nal>> pictures = EncodedClip.h264(PICTURES, "bframes=0");
        List<Commit> commits = Habit.SETS_ALONE_ONCE.commits(pictures);
        start("SDR_PARAMETER_SETS", "pass");
        WsRecorder viewer = viewer();
        write(commits, H264);
        List<VideoFrame> frames = viewer.awaitVideo(PICTURES);
        // The first keyframe opens the gate; the sets in front of it are before that.
        assertThat(frames).extracting(VideoFrame::payload)
                .containsExactlyElementsOf(commits.subList(1, commits.size()).stream().map(Commit::payload).toList());
        assertCondition("no_parameter_sets");
    }

    @Test
    void intraRefreshIsNamedAndItsRecoveryPointsGetTheirSets() {
        List<List<Nal>> pictures = EncodedClip.h264(120, "intra-refresh=1:bframes=0");
        List<Commit> commits = Habit.SETS_ONCE.commits(pictures);
        start("SDR_KEYFRAME_GATING", "false");
        WsRecorder viewer = viewer();
        for (Commit commit : commits) {
            write(List.of(commit), H264);
            Await.pause(1_000_000_000L / 30);
        }
        assertCondition("intra_refresh");
        List<VideoFrame> frames = viewer.awaitVideo(pictures.size());
        assertThat(frames.stream().skip(1).filter(frame -> Nal.split(frame.payload(), false).stream()
                .anyMatch(nal -> nal.type() == 7)).count()).isGreaterThan(3);
        assertThat(EncodedClip.decoded(stream(frames), false)).isEqualTo(EncodedClip.decoded(whole(pictures), false));
    }

    private static Stream<Map.Entry<String, List<Commit>>> named() {
        return Stream.of(
                Map.entry("profile", Habit.FLAG_ON_NONE.commits(EncodedClip.h264(3, "yuv444p", "bframes=0"))),
                Map.entry("b_frames", Habit.SETS_ONCE.commits(EncodedClip.h264(PICTURES, "bframes=2"))),
                Map.entry("not_annex_b", List.of(new Commit(new byte[] {1, 2, 3, 4}, VideoFrame.KEYFRAME))));
    }

    @ParameterizedTest
    @MethodSource("named")
    void whatABrowserMayRefuseIsNamed(Map.Entry<String, List<Commit>> stream) {
        start();
        viewer();
        write(stream.getValue(), H264);
        assertCondition(stream.getKey());
    }

    /** In /ready, which stays 200, in /health, in the metrics, and in the log, once. */
    private void assertCondition(String label) {
        for (String path : new String[] {"/ready", "/health"}) {
            assertThat(server.http().get(path).statusCode()).isEqualTo(200);
            Await.told(path + " names " + label, true, () -> ((List<?>) server.http().json(path).get("conditions")).stream()
                    .anyMatch(entry -> label.equals(((Map<?, ?>) entry).get("condition"))));
        }
        Await.until("it is counted", Deadlines.SOON, () -> server.http().metrics().samples()
                .get("sdr_stream_conditions_total{condition=\"" + label + "\",}") > 0);
        Await.until("a line", Deadlines.SOON, () -> lines(label) > 0);
        assertThat(lines(label)).isEqualTo(1);
    }

    private long lines(String label) {
        return server.process().lines().stream()
                .filter(line -> line.contains(" WARN ") && line.contains("Stream condition " + label + ": ")).count();
    }
}

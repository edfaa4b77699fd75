package io.sdros.it.reader;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.NatsClient;
import io.sdros.it.support.NatsProcess;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RawStream;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.Tool;
import io.sdros.it.support.VideoFrame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The example producer for GStreamer with real encoders, a real nats-server and the server. Rates are counted per frame. */
final class GstProducerIT {

    private static final String REQUESTS = "control.request_idr";
    private static final String ADVICE = "control.video_rate";
    private static final int FRAMES_PER_SECOND = 30;
    private static final String SNOW = "videotestsrc is-live=true pattern=snow ! "
            + "video/x-raw,width=320,height=240,framerate=" + FRAMES_PER_SECOND + "/1";
    /** Noise takes whatever it is given; one keyframe at the start, and then none but on request. */
    private static final String X264 = " ! x264enc name=encoder tune=zerolatency speed-preset=ultrafast key-int-max=100000"
            + " vbv-buf-capacity=300 bitrate=";
    private static final int KBIT = 2_000;
    private static final int ADVISED_KBIT = 500;
    private static final int RECEIVE_BUFFER = 1 << 20;
    /** The control of the rate has settled, whatever the pictures before were. */
    private static final int SETTLING_FRAMES = 45;
    private static final int MEASURED_FRAMES = 45;
    /** A second; an encoder that was not asked would take an hour. */
    private static final int SOON_FRAMES = 30;

    private final OpenResources opened = new OpenResources();
    private TempRegion region;
    private NatsProcess nats;
    private NatsClient control;
    private ChildProcess producer;

    @BeforeEach
    void open() {
        region = opened.add(TempRegion.create());
    }

    @AfterEach
    void close() {
        opened.close();
    }

    private void startNats() {
        nats = opened.add(NatsProcess.start());
        control = opened.add(NatsClient.connect(nats));
    }

    private ChildProcess start(String natsUrl, String... launch) {
        List<String> command = new ArrayList<>(List.of(Tool.command("/usr/bin/python3"),
                Tool.repositoryFile("docs/examples/gst_producer.py").toString(), "--path", region.path().toString(),
                "--nats", natsUrl));
        command.addAll(List.of(launch));
        producer = opened.add(ChildProcess.start("gst-producer", command));
        return producer;
    }

    private void awaitListening() {
        await("NATS: \\S+: listening to " + REQUESTS + ", " + ADVICE);
    }

    private void await(String line) {
        producer.awaitLine(Pattern.compile(line), Deadlines.SOON);
    }

    @Test
    void makesAKeyframeForWhoeverJoins() {
        startNats();
        start(nats.url(), SNOW + X264 + KBIT);
        awaitListening();
        // With nothing to replay, the server has to ask.
        ServerProcess server = opened.add(ServerProcess.builder().region(region).set("SDR_NATS_URL", nats.url())
                .set("SDR_GOP_CACHE_BYTES", "0").start());
        server.http().awaitNats("connected");
        Await.until("the only keyframe is past", Deadlines.SOON, () -> server.http().shmSequence() > SOON_FRAMES);
        RawStream viewer = opened.add(RawStream.connect(server, RECEIVE_BUFFER));
        VideoFrame first = viewer.takeVideo().frame();

        assertThat(first.keyframe()).isTrue();
        assertThat(first.frameSeq()).isGreaterThan(SOON_FRAMES);
    }

    @Test
    void makesTheKeyframesAndTheRateThatAreAskedFor() throws IOException {
        startNats();
        start(nats.url(), SNOW + X264 + KBIT);
        awaitListening();
        HistoryRecords history = opened.add(HistoryRecords.open(region.path()));
        assertThat(next(history, 1).get(0).frame().keyframe()).isTrue();
        assertRate(history, KBIT);

        control.publish(ADVICE, advice(Integer.toString(ADVISED_KBIT * 1000)));
        await("bitrate: 2000 -> 500 kbit/s \\(delay\\)");
        history.toTheEnd();
        assertRate(history, ADVISED_KBIT);

        // Less than 5 percent, either way, and what is no advice. What is asked for behind it is heard behind it.
        for (String none : List.of(advice("515000"), advice("485000"), "{", "{\"target_bps\":\"x\"}", "[]",
                advice("-1"))) {
            control.publish(ADVICE, none);
        }
        history.toTheEnd();
        control.publish(REQUESTS, "{\"reason\":\"join\",\"clients\":1}");
        int untilKeyframe = framesUntilKeyframe(history);
        System.out.printf("the keyframe that was asked for is number %d from then on%n", untilKeyframe);
        assertThat(untilKeyframe).isLessThanOrEqualTo(SOON_FRAMES);
        assertThat(producer.lines()).filteredOn(line -> line.startsWith("bitrate: ")).hasSize(1);

        control.publish(ADVICE, advice("null"));
        await("bitrate: 500 -> 2000 kbit/s");
        control.publish(ADVICE, advice("1"));
        await("bitrate: 2000 -> 100 kbit/s");
    }

    @Test
    void setsTheBitrateOfEncodersThatThisMachineDoesNotHave() {
        ChildProcess.run("gst-bitrate", List.of(Tool.command("/usr/bin/python3"), Tool.pythonScript("gst_bitrate.py"),
                Tool.repositoryFile("docs/examples").toString()), Deadlines.START);
    }

    @Test
    void saysWhenTheSourceTookThePicture() throws IOException {
        long startNanos = System.nanoTime();
        start("none", SNOW + X264 + KBIT);
        awaitFrames(1);
        HistoryRecords history = opened.add(HistoryRecords.open(region.path()));
        List<HistoryRecords.Entry> entries = next(history, MEASURED_FRAMES);
        long endNanos = System.nanoTime();
        List<Long> ages = new ArrayList<>();
        List<Long> intervals = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            HistoryRecords.Entry entry = entries.get(i);
            assertThat(entry.captureNanos()).isBetween(startNanos, entry.commitNanos());
            assertThat(entry.commitNanos()).isBetween(startNanos, endNanos);
            ages.add(entry.commitNanos() - entry.captureNanos());
            if (i > 0) {
                intervals.add(entry.captureNanos() - entries.get(i - 1).captureNanos());
            }
        }
        System.out.printf("from capture to commit: median %.1f ms%n", median(ages) / 1e6);
        assertThat(median(ages)).isLessThan(Duration.ofMillis(200).toNanos());
        // By the source's time, which a busy machine does not change, though it may delay a look at the clock.
        assertThat(median(intervals)).isCloseTo(Duration.ofSeconds(1).toNanos() / FRAMES_PER_SECOND,
                Offset.offset(Duration.ofMillis(5).toNanos()));
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }

    private static List<HistoryRecords.Entry> next(HistoryRecords history, int count) {
        List<HistoryRecords.Entry> entries = new ArrayList<>();
        Await.until(count + " records", Deadlines.SOON, () -> {
            while (entries.size() < count && history.hasNext()) {
                entries.add(history.next());
            }
            return entries.size() == count;
        });
        return entries;
    }

    /** Of frames none of which is a keyframe, once the rate has settled. */
    private static void assertRate(HistoryRecords history, int kbit) {
        List<HistoryRecords.Entry> entries = next(history, SETTLING_FRAMES + MEASURED_FRAMES);
        assertThat(entries).as("keyframes that nobody asked for").noneMatch(entry -> entry.frame().keyframe());
        double measured = entries.stream().skip(SETTLING_FRAMES).mapToLong(entry -> entry.frame().sizeBytes()).sum()
                * 8.0 * FRAMES_PER_SECOND / MEASURED_FRAMES / 1000;
        System.out.printf("%d kbit/s were asked for, %.0f came%n", kbit, measured);
        assertThat(measured).isCloseTo(kbit, Percentage.withPercentage(25));
    }

    private static int framesUntilKeyframe(HistoryRecords history) {
        int frames = 1;
        while (!next(history, 1).get(0).frame().keyframe()) {
            frames++;
        }
        return frames;
    }

    private static String advice(String targetBps) {
        return "{\"stream\":\"default\",\"target_bps\":" + targetBps
                + ",\"reason\":\"delay\",\"clients\":1,\"carried_bps\":600000}";
    }

    @Test
    void goesOnWithoutNatsAndHearsItWhenItComes() {
        startNats();
        int port = nats.port();
        nats.kill();
        start("nats://127.0.0.1:" + port, SNOW + X264 + KBIT);
        await("NATS: 127.0.0.1:" + port + ": .*the video goes on, trying again");
        awaitFrames(SOON_FRAMES);

        nats = opened.add(NatsProcess.start(port));
        awaitListening();
        nats.freeze();
        awaitFrames(SOON_FRAMES);
        await("NATS: \\S+: the server does not answer; the video goes on, trying again");
        nats.thaw();
        Await.until("listening again", Deadlines.SOON, () -> producer.lines().stream()
                .filter(line -> line.contains("listening to")).count() == 2);
        control = opened.add(NatsClient.connect(nats));
        control.publish(ADVICE, advice("500000"));
        await("bitrate: 2000 -> 500 kbit/s");
        producer.terminate();
        assertThat(producer.awaitExit(Deadlines.SOON)).isZero();
        assertThat(producer.output()).contains("refused: 0");
    }

    private void awaitFrames(int count) {
        long from = sequence();
        Await.until(count + " frames", Deadlines.SOON, () -> sequence() >= from + count);
    }

    private long sequence() {
        return Files.exists(region.path()) ? bytes().getLong(0) : 0;
    }

    private ByteBuffer bytes() {
        try {
            return ByteBuffer.wrap(Files.readAllBytes(region.path())).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void stopsWhenItIsToldAndTakesTheBellAway() {
        start("none", SNOW + X264 + KBIT);
        awaitFrames(1);
        Path bell = Path.of(region.path() + ".bell");
        assertThat(bell).exists();
        producer.terminate();

        assertThat(producer.awaitExit(Deadlines.SOON)).isZero();
        assertThat(producer.output()).containsPattern("frames written: \\d+, refused: 0");
        assertThat(bell).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "videotestsrc ! identity error-after=5 ! x264enc name=encoder tune=zerolatency | 1 | GStreamer: identity0: Failed",
        "filesrc location=/none ! jpegenc name=encoder       | 1 | GStreamer: filesrc0: Resource not found",
        "videotestsrc ! x264enc                              | 2 | no element of the launch line is named encoder",
        "videotestsrc ! nosuchenc name=encoder               | 2 | the launch line: no element \"nosuchenc\"",
        "videotestsrc ! x264enc name=encoder ! fakesink      | 2 | the launch line has nothing open at its end",
        "videotestsrc name=encoder                           | 2 | the launch line is one element"})
    void saysWhatIsWrong(String launch, int exitCode, String words) {
        start("none", launch);
        assertThat(producer.awaitExit(Deadlines.START)).isEqualTo(exitCode);
        assertThat(producer.output()).contains(words).doesNotContain("Traceback");
    }

    /** Ten pictures of a source with an end, and the last of them in the region. */
    @ParameterizedTest
    @CsvSource({"openh264enc, 1, 00000001", "x265enc tune=zerolatency, 2, 00000001", "jpegenc, 3, ffd8"})
    void takesWholePicturesOfOtherEncoders(String encoder, int codec, String start) {
        start("none", "videotestsrc num-buffers=10 ! " + encoder.replaceFirst("( |$)", " name=encoder "));
        assertThat(producer.awaitExit(Deadlines.START)).isZero();
        assertThat(producer.output()).contains("frames written: 10, refused: 0");
        ByteBuffer bytes = bytes();
        VideoFrame last = new VideoFrame(slice(bytes, 16, (int) bytes.getLong(8)));
        assertThat(last.codec()).isEqualTo(codec);
        assertThat(HexFormat.of().formatHex(last.payload())).startsWith(start);
        assertThat(last.frameSeq()).isEqualTo(10);
    }

    private static byte[] slice(ByteBuffer bytes, int from, int length) {
        byte[] slice = new byte[length];
        bytes.get(from, slice);
        return slice;
    }
}

package io.sdros.it.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.PythonWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.StallMeter;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.TestClip;
import io.sdros.it.support.Tool;
import io.sdros.it.support.VideoFrame;
import io.sdros.it.support.WorkDirectory;
import io.sdros.it.support.WsRecorder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * The whole way, with nothing of ours at either end: ffmpeg, a Python writer that knows only the contract's table, the
 * server, a WebSocket client written from the RFC, ffmpeg.
 */
final class RealVideoIT {

    private static final int SECONDS = Integer.getInteger("sdr.clip.seconds", 14);
    private static final int FRAMES = SECONDS * TestClip.FRAMES_PER_SECOND;
    private static final Duration WHOLE_CLIP = Duration.ofSeconds(SECONDS).plus(Deadlines.SOON);

    /**
     * The region has one slot and the writer waits for nobody. A machine that keeps threads waiting for this long may
     * lose frames without any fault of the server; such a run shows nothing and is made again.
     */
    private static final Duration TOO_BUSY = Duration.ofMillis(10);
    private static final int RUNS = 3;

    /** What came out of one run. */
    private record Recording(Path video, List<String[]> messages, String recorderOutput, Duration longestStall) {

        boolean complete() {
            return messages.size() == FRAMES;
        }
    }

    @Test
    void everyFrameSentArrivesAndDecodes() throws IOException {
        Path source = TestClip.seconds(SECONDS);
        Recording recording = record(source);
        for (int run = 2; run <= RUNS && !recording.complete() && recording.longestStall.compareTo(TOO_BUSY) > 0; run++) {
            recording = record(source);
        }

        assertThat(recording.messages.size()).as("%s; longest stall of this machine: %s", recording.recorderOutput,
                recording.longestStall).isEqualTo(FRAMES);
        assertThat(recording.messages).extracting(fields -> Long.parseLong(fields[1]))
                .isEqualTo(LongStream.rangeClosed(1, FRAMES).boxed().toList());
        assertThat(recording.messages).allSatisfy(fields -> assertThat(fields[5]).as("CRC right").isEqualTo("1"));
        assertThat(recording.messages).filteredOn(fields -> fields[2].equals("1")).as("keyframes").hasSize(SECONDS);
        assertThat(recording.video).hasSameBinaryContentAs(source);
        assertThat(TestClip.picturesDecoded(recording.video)).isEqualTo(FRAMES);
    }

    private static Recording record(Path source) throws IOException {
        Path video = WorkDirectory.newFile("recording", ".h264");
        Path csv = WorkDirectory.newFile("recording", ".csv");
        try (TempRegion region = TempRegion.create();
                ServerProcess server = ServerProcess.builder().region(region).start();
                ChildProcess recorder = ChildProcess.start("ws-record", List.of(
                        Tool.command("python3"), Tool.pythonScript("ws_record.py"), server.stream().toString(),
                        "--out", video.toString(), "--csv", csv.toString(), "--frames", Integer.toString(FRAMES),
                        "--deadline", Long.toString(WHOLE_CLIP.plus(Deadlines.START).toSeconds())))) {
            recorder.awaitLine(Pattern.compile("^connected"), Deadlines.START);
            try (PythonWriter writer = PythonWriter.start(source, region, "--wait", "--hold");
                    StallMeter meter = StallMeter.start()) {
                // Only from here on is every frame promised: the server looks for a missing region now and then.
                server.http().awaitAttached();
                writer.go();

                assertThat(writer.awaitFramesWritten(WHOLE_CLIP)).isEqualTo(FRAMES);
                recorder.awaitExit(Deadlines.SOON);
                List<String[]> messages =
                        Files.readAllLines(csv).stream().skip(1).map(line -> line.split(",")).toList();
                return new Recording(video, messages, recorder.output(), meter.longest());
            }
        }
    }

    @Test
    void aWriterWithoutCrcIsServedToWithCrcOff() {
        try (TempRegion region = TempRegion.create();
                ServerProcess server =
                        ServerProcess.builder().region(region).set("SDR_CRC_ENABLED", "false").start();
                WsRecorder recorder = WsRecorder.connect(server);
                PythonWriter writer = PythonWriter.start(TestClip.seconds(4), region, "--loop", "--crc", "off")) {
            writer.awaitFirstFrame();

            List<VideoFrame> video = recorder.awaitVideo(2 * TestClip.FRAMES_PER_SECOND);
            assertThat(video.get(0).keyframe()).isTrue();
            assertThat(video).allSatisfy(
                    frame -> assertThat(frame.payload()).hasSize((int) frame.sizeBytes()).startsWith(0, 0, 0, 1));
        }
    }
}

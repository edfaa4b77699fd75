package io.sdros.it;

import static org.assertj.core.api.Assertions.assertThat;

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

    private static final int SECONDS = Integer.getInteger("sdr.clip.seconds", 20);
    private static final Duration WHOLE_CLIP = Duration.ofSeconds(SECONDS).plus(Deadlines.SOON);

    @Test
    void everyFrameSentArrivesAndDecodes() throws IOException {
        Path source = TestClip.seconds(SECONDS);
        Path recording = WorkDirectory.newFile("recording", ".h264");
        Path csv = WorkDirectory.newFile("recording", ".csv");
        int frames = SECONDS * TestClip.FRAMES_PER_SECOND;
        try (TempRegion region = TempRegion.create();
                ServerProcess server = ServerProcess.builder().region(region).start();
                ChildProcess recorder = ChildProcess.start("ws-record", List.of(
                        Tool.command("python3"), Tool.pythonScript("ws_record.py"), server.stream().toString(),
                        "--out", recording.toString(), "--csv", csv.toString(),
                        "--frames", Integer.toString(frames), "--deadline", Long.toString(WHOLE_CLIP.toSeconds())))) {
            recorder.awaitLine(Pattern.compile("^connected"), Deadlines.START);
            try (PythonWriter writer = PythonWriter.start(source, region, "--wait", "--hold")) {
                // Only from here on is every frame promised: the server looks for a missing region now and then.
                server.http().awaitAttached();
                writer.go();

                assertThat(writer.awaitFramesWritten(WHOLE_CLIP)).isEqualTo(frames);
                assertThat(recorder.awaitExit(WHOLE_CLIP)).as(recorder.output()).isZero();
            }
        }

        assertThat(recording).hasSameBinaryContentAs(source);
        List<String[]> messages = Files.readAllLines(csv).stream().skip(1).map(line -> line.split(",")).toList();
        assertThat(messages).extracting(fields -> Long.parseLong(fields[1]))
                .isEqualTo(LongStream.rangeClosed(1, frames).boxed().toList());
        assertThat(messages).allSatisfy(fields -> assertThat(fields[5]).as("CRC right").isEqualTo("1"));
        assertThat(messages).filteredOn(fields -> fields[2].equals("1")).as("keyframes").hasSize(SECONDS);
        assertThat(TestClip.picturesDecoded(recording)).isEqualTo(frames);
    }

    @Test
    void aWriterWithoutCrcIsServedToWithCrcOff() {
        Path source = TestClip.seconds(2);
        try (TempRegion region = TempRegion.create();
                ServerProcess server =
                        ServerProcess.builder().region(region).set("SDR_CRC_ENABLED", "false").start();
                WsRecorder recorder = WsRecorder.connect(server);
                PythonWriter writer = PythonWriter.start(source, region, "--wait", "--hold", "--crc", "off")) {
            server.http().awaitAttached();
            writer.go();

            List<VideoFrame> video = recorder.awaitVideo(2 * TestClip.FRAMES_PER_SECOND);
            assertThat(video).extracting(VideoFrame::frameSeq)
                    .isEqualTo(LongStream.rangeClosed(1, video.size()).boxed().toList());
            assertThat(video.get(0).keyframe()).isTrue();
        }
    }
}

package io.sdros.it.ws;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.Tool;
import io.sdros.it.support.VideoFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The stream as a client sees it that others have written: Python's websockets package. */
final class PythonWebSocketsIT {

    private final OpenResources opened = new OpenResources();
    private final TempRegion region = opened.add(TempRegion.create());
    private final ServerProcess server = opened.add(ServerProcess.builder().region(region).start());
    private final RegionWriter writer = RegionWriter.open(region.path());

    @AfterEach
    void closeEverything() {
        opened.close();
    }

    private ChildProcess client(int frames, String... more) {
        // Not any python3: the distribution's package is for the distribution's own.
        List<String> command = new ArrayList<>(List.of(Tool.command("/usr/bin/python3"),
                Tool.pythonScript("websockets_client.py"), server.stream().toString(), Integer.toString(frames)));
        command.addAll(List.of(more));
        ChildProcess client = opened.add(ChildProcess.start("python-websockets", command));
        client.awaitLine(Pattern.compile("^connected"), Deadlines.START);
        server.http().awaitAttached();
        return client;
    }

    private static String line(VideoFrame frame) {
        CRC32 crc = new CRC32();
        crc.update(frame.headerAndPayload());
        return "frame " + frame.frameSeq() + " " + frame.sizeBytes() + " " + crc.getValue();
    }

    /** Writes one frame after the other, each when the client has the one before. */
    private List<String> play(ChildProcess client, int frames) {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < frames; i++) {
            VideoFrame frame = i % 10 == 0 ? writer.keyframe(70_000 + i) : writer.delta(90 + i);
            expected.add(line(frame));
            client.awaitLine(Pattern.compile("^" + line(frame) + "$"), Deadlines.SOON);
        }
        return expected;
    }

    @Test
    void takesFramesByteForByteIsAnsweredAndClosesCleanly() {
        ChildProcess client = client(30);

        List<String> frames = play(client, 30);

        assertThat(client.awaitExit(Deadlines.SOON)).as(client.output()).isZero();
        assertThat(client.lines().stream().filter(line -> line.startsWith("frame "))).isEqualTo(frames);
        assertThat(client.lines()).contains("connected []", "pong").last().isEqualTo("closed 4321");
        Await.until("its three messages are counted", Deadlines.SOON,
                () -> server.http().metrics().sum("sdr_inbound_messages_total") == 3);
        server.http().awaitClients(0);
    }

    @Test
    void isToldWhenTheServerStops() {
        ChildProcess client = client(3, "stay");
        play(client, 3);
        client.awaitLine(Pattern.compile("^pong$"), Deadlines.SOON);

        assertThat(server.stop()).isZero();

        assertThat(client.awaitExit(Deadlines.SOON)).as(client.output()).isZero();
        assertThat(client.lines()).last().isEqualTo("closed 1001");
    }
}

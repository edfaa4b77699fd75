package io.sdros.it.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.NatsProcess;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.ProcessorTime;
import io.sdros.it.support.RawStream;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.StallMeter;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.TestClip;
import io.sdros.it.support.Tool;
import io.sdros.it.support.WorkDirectory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * An encoder that sends a keyframe a minute and one whenever it is asked: those who join see a picture at once though
 * the server keeps none for them. The number of joins is the system property {@code sdr.joins}.
 */
final class EncoderIT {

    private static final int JOINS = Integer.getInteger("sdr.joins", 5);
    private static final int GOP_SECONDS = 60;
    private static final int GOP_PICTURES = GOP_SECONDS * TestClip.FRAMES_PER_SECOND;
    /** With as many of the processors as others leave, and besides what the machine keeps threads waiting meanwhile. */
    private static final Duration FIRST_PICTURE = Duration.ofMillis(500);
    private static final int RECEIVE_BUFFER = 256 * 1024;
    /** So many pictures later, the server may ask again. */
    private static final int PICTURES_WATCHED = 30;

    private final OpenResources opened = new OpenResources();
    private final Path clip = TestClip.withGroupOf(GOP_PICTURES, GOP_SECONDS);
    private TempRegion region;
    private NatsProcess nats;
    private ServerProcess server;
    private ChildProcess encoder;

    @BeforeEach
    void start() {
        region = opened.add(TempRegion.create());
        nats = opened.add(NatsProcess.start());
        server = opened.add(ServerProcess.builder().region(region).set("SDR_NATS_URL", nats.url())
                .set("SDR_GOP_CACHE_BYTES", "0").start());
        server.http().awaitNats("connected");
        encoder = opened.add(ChildProcess.start("encoder", List.of(Tool.command("python3"),
                Tool.pythonScript("encoder.py"), clip.toString(), region.path().toString(),
                "--port", Integer.toString(nats.port()))));
        encoder.awaitLine(Pattern.compile("^listening on control.request_idr"), Deadlines.START);
        // Its first picture is past, and with it the only IDR picture of a minute.
        Await.until("pictures flow", Deadlines.SOON, () -> server.http().shmSequence() > PICTURES_WATCHED);
    }

    @AfterEach
    void stopEverything() {
        opened.close();
    }

    @Test
    void whoJoinsSeesAPictureAtOnce() throws IOException {
        List<Long> millis = new ArrayList<>();
        List<Long> unstalledMillis = new ArrayList<>();
        StallMeter stalls = opened.add(StallMeter.start());
        ProcessorTime processors = ProcessorTime.now();
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        for (int join = 0; join < JOINS; join++) {
            try (RawStream client = RawStream.connect(server, RECEIVE_BUFFER)) {
                RawStream.Taken first = client.takeVideo();
                Duration waited = Duration.ofNanos(first.lastByteNanos() - client.connectNanos());
                millis.add(waited.toMillis());
                unstalledMillis.add(waited.minus(stalls.between(client.connectNanos(), first.lastByteNanos())).toMillis());
                assertThat(first.frame().keyframe()).isTrue();
                seen.writeBytes(first.frame().payload());
                for (int i = 1; i < PICTURES_WATCHED; i++) {
                    seen.writeBytes(client.takeVideo().frame().payload());
                }
            }
        }
        Collections.sort(millis);
        System.out.printf("%d joins at a GOP of %d s: first picture after %d ms (median), %d ms (longest)%n", JOINS,
                GOP_SECONDS, millis.get(millis.size() / 2), millis.get(millis.size() - 1));
        assertThat(Collections.max(unstalledMillis)).isLessThanOrEqualTo(
                (long) (FIRST_PICTURE.toMillis() / ProcessorTime.now().leftSince(processors)));
        // It says so after the picture was written, and is heard later still.
        Await.told("answers to joins", JOINS, () -> answers("answered {\"reason\":\"join\",\"clients\":1}").size());
        Path recording = WorkDirectory.newFile("joins", ".h264");
        Files.write(recording, seen.toByteArray());
        assertThat(TestClip.picturesDecoded(recording)).isEqualTo(JOINS * PICTURES_WATCHED);
    }

    @Test
    void aRequestThatFoundNoNatsIsMadeAgainWhenThereIsOne() {
        nats.kill();
        server.http().awaitNats("disconnected");
        try (RawStream client = RawStream.connect(server, RECEIVE_BUFFER)) {
            Await.until("a request has failed", Deadlines.SOON, () -> server.http().metrics().samples()
                    .get("sdr_keyframe_requests_total{result=\"failed\",}") > 0);
            nats = opened.add(NatsProcess.start(nats.port()));
            assertThat(client.takeVideo().frame().keyframe()).isTrue();
            // It says so after the picture was written, and is heard later still.
            Await.until("the encoder has told of its answer", Deadlines.SOON, () -> !answers("answered {\"reason\":").isEmpty());
        }
        // And as ever after that.
        try (RawStream client = RawStream.connect(server, RECEIVE_BUFFER)) {
            assertThat(client.takeVideo().frame().keyframe()).isTrue();
        }
    }

    private List<String> answers(String beginning) {
        return encoder.lines().stream().filter(line -> line.startsWith(beginning)).toList();
    }
}

package io.sdros.it.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.DamagedFrames;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.HttpProbe;
import io.sdros.it.support.NatsProcess;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RawStream;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.Repeat;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.SteadyVideo;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.WsRecorder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What /ready and /health say in every state that the server can be in, and that they say something else again once it is over. */
final class ReadyIT {

    private static final String MAX_AGE_MILLIS = "1000";

    private static final Set<State> NOBODY_WRITES = EnumSet.of(State.NO_FILE, State.FILE_WITHOUT_FRAMES, State.TEXT_FILE,
            State.OLD_FRAME, State.FOLDER);

    private final OpenResources opened = new OpenResources();
    private final TempRegion region = opened.add(TempRegion.create());
    private ServerProcess server;
    private HttpProbe http;
    private NatsProcess nats;
    private Repeat trouble = Repeat.every(Duration.ofDays(1), () -> { });

    /** How each state is brought about, and what /ready says in it. */
    enum State {
        NO_FILE(503, "there is no shared memory file: .*frames.*") {
            @Override
            void bring(ReadyIT test) {
                // Nothing is there at first.
            }
        },
        FILE_WITHOUT_FRAMES(503, "the writer has not written a frame yet: .*frames.*") {
            @Override
            void bring(ReadyIT test) {
                RegionWriter.open(test.region.path());
            }
        },
        TEXT_FILE(503, "nobody is seen to write, the sequence stays at \\d+: .*frames.*") {
            @Override
            void bring(ReadyIT test) {
                test.file("Whatever this is, it is not a region, though long enough to be one.\n");
            }
        },
        OLD_FRAME(503, "nobody is seen to write, the sequence stays at 1: .*frames.*") {
            @Override
            void bring(ReadyIT test) {
                // Whole before it has its name, or the server might see it being written.
                Path elsewhere = test.region.sibling("written-before");
                RegionWriter.open(elsewhere).keyframe(1000);
                assertThat(elsewhere.toFile().renameTo(test.region.path().toFile())).isTrue();
            }
        },
        FOLDER(503, "the shared memory file cannot be used: .*frames.*folder.*") {
            @Override
            void bring(ReadyIT test) {
                assertThat(test.region.path().toFile().mkdir()).isTrue();
            }
        },
        NO_KEYFRAME(503, "no keyframe for \\d+ s though frames arrive: .*") {
            @Override
            void bring(ReadyIT test) {
                test.opened.add(WsRecorder.connect(test.server));
                RegionWriter writer = RegionWriter.open(test.region.path());
                test.http.awaitAttached();
                writer.keyframe(1000);
                test.trouble = test.opened.add(Repeat.every(Duration.ofMillis(20), () -> writer.delta(1000)));
            }
        },
        FRAMES(200, "frames are arriving") {
            @Override
            void bring(ReadyIT test) {
                test.steadyVideo();
            }
        },
        WRITER_DEAD(503, "the last frame is \\d+\\.\\d s old, the limit is 1\\.0 s: the writer has stopped or hangs") {
            @Override
            void bring(ReadyIT test) {
                SteadyVideo video = test.steadyVideo();
                test.awaitReady();
                video.close();
            }
        },
        CRC_STORM(503, "frames are written but cannot be read: crc mismatch") {
            @Override
            void bring(ReadyIT test) {
                RegionWriter.open(test.region.path());
                test.opened.add(WsRecorder.connect(test.server));
                test.http.awaitAttached();
                test.trouble = test.opened.add(
                        Repeat.every(Duration.ofMillis(20), DamagedFrames.in(test.region.path())::crcMismatch));
            }
        },
        FILE_GONE(503, "there is no shared memory file: .*frames.*") {
            @Override
            void bring(ReadyIT test) {
                SteadyVideo video = test.steadyVideo();
                test.awaitReady();
                video.close();
                assertThat(test.region.path().toFile().delete()).isTrue();
            }
        },
        NATS_DOWN(200, "frames are arriving") {
            @Override
            void bring(ReadyIT test) {
                test.steadyVideo();
                test.http.awaitNats("connected");
                test.nats.kill();
                test.http.awaitNats("disconnected");
            }
        };

        private final int status;
        private final String why;

        State(int status, String why) {
            this.status = status;
            this.why = why;
        }

        abstract void bring(ReadyIT test);
    }


    @AfterEach
    void closeEverything() {
        opened.close();
    }

    private SteadyVideo steadyVideo() {
        return opened.add(SteadyVideo.start(RegionWriter.open(region.path()), Duration.ofMillis(20), 1000));
    }

    private void awaitReady() {
        Await.until("ready", Deadlines.SOON, () -> http.get("/ready").statusCode() == 200);
    }

    @ParameterizedTest
    @EnumSource(State.class)
    void tellTheTruth(State state) {
        ServerProcess.Builder settings = ServerProcess.builder().region(region).set("SDR_READY_MAX_AGE_MS", MAX_AGE_MILLIS)
                .set("SDR_IDR_TIMEOUT_MS", "1000");
        if (state == State.NATS_DOWN) {
            nats = opened.add(NatsProcess.start());
            settings.set("SDR_NATS_URL", nats.url());
        }
        server = opened.add(settings.start());
        http = server.http();

        state.bring(this);

        Await.until(state + " is told", Deadlines.SOON, () -> said("/ready").matches(state.why)
                && http.get("/ready").statusCode() == state.status);
        HttpResponse<String> answer = Await.value(state + " is told, with its status", Deadlines.SOON, () ->
                Optional.of(http.get("/ready")).filter(one -> one.statusCode() == state.status));
        Map<String, Object> ready = HttpProbe.json(answer);
        assertThat(ready).containsEntry("status", state.status == 200 ? "ready" : "not ready")
                .containsEntry("max_age_ms", 1000L).containsKeys("shm_seq", "last_frame_age_ms", "why", "nats");
        assertAlive(state);
        assertRecovers(state);
    }

    /** Also a kept-alive connection is told, for as long as it is answered at all. */
    @Test
    void notReadyWhileStopping() {
        server = opened.add(ServerProcess.builder().region(region).start());
        http = server.http();
        steadyVideo();
        opened.add(RawStream.connect(server, 1 << 16)); // answers no close frame, so the stop takes its time
        awaitReady();

        server.process().terminate();

        Await.until("it says so", Deadlines.SOON, () -> {
            HttpResponse<String> answer = http.get("/ready");
            return answer.statusCode() == 503 && "the server is stopping".equals(HttpProbe.json(answer).get("why"));
        });
    }

    private void file(String text) {
        try {
            Files.writeString(region.path(), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String said(String path) {
        return String.valueOf(http.json(path).get("why"));
    }

    private void assertAlive(State state) {
        HttpResponse<String> answer = http.get("/health");
        Map<String, Object> health = HttpProbe.json(answer);
        assertThat(answer.statusCode()).as("alive in every state").isEqualTo(200);
        assertThat(health).containsEntry("status", "ok")
                .containsEntry("nats", state == State.NATS_DOWN ? "disconnected" : "off");
        boolean framesSeen = !NOBODY_WRITES.contains(state);
        assertThat(health.get("last_frame_age_ms") != null).as("an age in " + health).isEqualTo(framesSeen);
        if (state == State.FRAMES || state == State.NATS_DOWN || state == State.CRC_STORM) {
            long before = http.shmSequence();
            Await.until("shm_seq goes on", Deadlines.SOON, () -> http.shmSequence() > before);
        }
    }

    /** Whatever it was, good frames make the server ready again. */
    private void assertRecovers(State state) {
        if (state.status != 200) {
            trouble.close();
            if (NOBODY_WRITES.contains(state)) {
                // What is there is no region, or nobody's.
                region.path().toFile().delete();
            }
            steadyVideo();
            awaitReady();
        }
    }
}

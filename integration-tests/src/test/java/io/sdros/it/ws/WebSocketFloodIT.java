package io.sdros.it.ws;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.ClientFrames;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RawPeer;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.SteadyVideo;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that send a great deal, on the one I/O thread they share with a client that watches. */
final class WebSocketFloodIT {

    /** Less than the flood's frames would take if the server kept something for each. */
    private static final String SMALL_HEAP = "-Xmx40m";
    private static final int FLOOD_FRAMES = 1_000_000;
    private static final int BATCH_FRAMES = 1000;
    private static final Duration FRAME_INTERVAL = Duration.ofMillis(10);
    private static final int FRAMES_WATCHED = 50;
    private static final long LARGEST_GROWTH_KIB = 64 * 1024;

    private static final OpenResources OPENED = new OpenResources();
    private static ServerProcess server;
    private static SteadyVideo video;

    @BeforeAll
    static void start() {
        TempRegion region = OPENED.add(TempRegion.create());
        server = OPENED.add(ServerProcess.builder().region(region).set("SDR_IO_THREADS", "1")
                // The one that does not read is to be there for the whole flood.
                .set("SDR_STALL_TIMEOUT_MS", "120000")
                .command(List.of(Tool.java(), SMALL_HEAP, "-jar", ServerProcess.jar().toString())).start());
        video = OPENED.add(SteadyVideo.start(RegionWriter.open(region.path()), FRAME_INTERVAL, 20_000));
    }

    @AfterAll
    static void stop() {
        OPENED.close();
    }

    private static long residentKib() {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(server.process().pid()), "status")).stream()
                    .filter(line -> line.startsWith("VmRSS:")).mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst().orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0280 00000000, 8990 00000000 30313233343536373839616263646566",
        "'', 8980 00000000",
        "'', 8180 00000000",
        "0280 00000000, 0080 00000000",
        "'', 8a80 00000000",
    })
    void aFloodOfAClientThatDoesNotReadCostsNeitherMemoryNorTheOthers(String first, String repeated) {
        AtomicBoolean enough = new AtomicBoolean();
        AtomicLong sent = new AtomicLong();
        try (RawPeer flooder = RawPeer.connect(server, 4096)) {
            flooder.send(ClientFrames.hex(first));
            long residentBefore = residentKib();
            byte[] batch = ClientFrames.times(BATCH_FRAMES, ClientFrames.hex(repeated));
            CompletableFuture<Void> flood = CompletableFuture.runAsync(() -> {
                while (!enough.get()) {
                    flooder.send(batch);
                    sent.addAndGet(BATCH_FRAMES);
                }
            });
            try {
                Await.until("a million frames sent", Deadlines.START, () -> sent.get() >= FLOOD_FRAMES);
                watchWhileItGoesOn();
            } finally {
                enough.set(true);
                flood.join();
            }
            assertThat(residentKib() - residentBefore).as("KiB more than before").isLessThan(LARGEST_GROWTH_KIB);
            assertThat(server.process().output()).doesNotContain("OutOfMemoryError");
        }
    }

    /** Joins, sees frames that are written after that, and is answered over HTTP. Everything here has a deadline. */
    private static void watchWhileItGoesOn() {
        try (RawPeer watcher = RawPeer.connect(server)) {
            long first = video.written();
            long before = 0;
            while (before < first + FRAMES_WATCHED) {
                long seq = watcher.readVideo().video().frameSeq();
                assertThat(seq).isGreaterThan(before);
                before = seq;
            }
            assertThat(server.http().get("/health").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void pingsAreAnsweredInOrderWhileVideoFlows() {
        try (RawPeer peer = RawPeer.connect(server)) {
            List<String> expected = new ArrayList<>();
            List<String> pongs = new ArrayList<>();
            for (int round = 0; round < 20; round++) {
                for (int i = 0; i < 5; i++) {
                    byte[] payload = ClientFrames.utf8("round " + round + " ping " + i);
                    peer.send(ClientFrames.frame(ClientFrames.PING, payload));
                    expected.add(new RawPeer.Frame(ClientFrames.PONG, payload).said());
                }
                while (pongs.size() < expected.size()) {
                    RawPeer.Frame frame = peer.read();
                    if (frame.opcode() == ClientFrames.PONG) {
                        pongs.add(frame.said());
                    } else if (frame.opcode() == ClientFrames.BINARY) { // there may be a ping of the server's, too
                        assertThat(frame.video().payload()).hasSize(20_000);
                    }
                }
            }
            assertThat(pongs).isEqualTo(expected);
        }
    }
}

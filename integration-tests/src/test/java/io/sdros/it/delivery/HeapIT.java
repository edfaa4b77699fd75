package io.sdros.it.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Losses;
import io.sdros.it.support.Metrics;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RawStream;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.SteadyVideo;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.Tool;
import io.sdros.it.support.VideoFrame;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A small heap, large pictures, and a viewer that never reads: with the options that are shipped the server lives. */
final class HeapIT {

    private static final String OPTIONS = Tool.repositoryFile("docs/deploy/jvm.options").toString();
    private static final int PICTURE_BYTES = 2_500_000;
    private static final Duration INTERVAL = Duration.ofSeconds(1).dividedBy(15);
    /** What is queued for the viewer that never reads would be twice the heap. */
    private static final int PICTURES = 8 * 15;
    private static final int RECEIVE_BUFFER_BYTES = 64 * 1024;

    /** On a machine so busy that a viewer cannot take 37 MB a second, a run shows little. */
    private static final int RUNS = 3;

    @Test
    void aViewerThatNeverReadsDoesNotEndTheServer() {
        long missing = run();
        for (int i = 2; i <= RUNS && missing > 0; i++) {
            missing = run();
        }
        assertThat(missing).as("missing at the viewer that reads, though the server saw it").isZero();
    }

    private static long run() {
        try (OpenResources opened = new OpenResources()) {
            TempRegion region = opened.add(TempRegion.create());
            RegionWriter writer = RegionWriter.open(region.path());
            ServerProcess server = opened.add(ServerProcess.builder().region(region)
                    .command(List.of(Tool.java(), "@" + OPTIONS, "-Xmx128m", "-jar", ServerProcess.jar().toString())).start());
            opened.add(RawStream.connect(server, RECEIVE_BUFFER_BYTES));
            RawStream reading = opened.add(RawStream.connect(server, 1 << 20));
            server.http().awaitClients(2);
            server.http().awaitAttached();
            opened.add(SteadyVideo.start(writer, INTERVAL, PICTURE_BYTES));
            VideoFrame first = reading.takeVideo().frame();
            VideoFrame last = first;
            long taken = 1;
            while (last.frameSeq() < PICTURES) {
                last = reading.takeVideo().frame();
                taken++;
            }
            long span = last.frameSeq() - first.frameSeq() + 1;
            Metrics metrics = server.http().metrics();
            assertThat(metrics.samples().get("sdr_clients_closed_total{reason=\"memory\",}")).isEqualTo(1);
            assertThat(metrics.samples().get("sdr_read_failures_total{reason=\"out_of_memory\",}")).isZero();
            assertThat(server.process().lines()).as("nothing to warn of").noneMatch(line -> line.contains("heap"));
            return Math.max(0, span - taken - Losses.of(server).unseen());
        }
    }
}

package io.sdros.it.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Crowd;
import io.sdros.it.support.CrowdViewer;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.Losses;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.ServerResources;
import io.sdros.it.support.SteadyVideo;
import io.sdros.it.support.TempRegion;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Viewers that read nothing at all cost the others nothing and the server a bounded amount of memory, for a while. */
final class IsolationIT {

    private static final int HEALTHY = 10;
    private static final int STALLED = 40;
    private static final int FRAME_BYTES = 100_000;
    private static final int GROUP = 20;
    private static final Duration INTERVAL = Duration.ofMillis(50);

    private static final int CAPACITY = 32;
    private static final int SMALL_BUFFER_BYTES = 16 * 1024;
    private static final Duration STALL_TIMEOUT = Duration.ofSeconds(12);
    private static final String CUT = "sdr_clients_closed_total{reason=\"stalled\",}";

    /** What the heap may differ by for other reasons: threads' buffers, compiled code's data, frames just read. */
    private static final long OTHER_HEAP_BYTES = 6_000_000;
    /**
     * A stalled viewer holds the newest frames, which are the same objects for all, and the one that was being sent to it
     * when it stalled. The frames of a group that it joined into are let go when its queue overflows for the first time.
     */
    private static final long BOUND_BYTES = (long) (CAPACITY + STALLED) * FRAME_BYTES + OTHER_HEAP_BYTES;

    @Test
    void stalledViewersAreBoundedAndCutAndTheOthersSeeEveryFrame() {
        try (OpenResources opened = new OpenResources()) {
            TempRegion region = opened.add(TempRegion.create());
            RegionWriter writer = RegionWriter.open(region.path());
            ServerProcess server = opened.add(ServerProcess.builder().region(region)
                    .set("SDR_STALL_TIMEOUT_MS", Long.toString(STALL_TIMEOUT.toMillis()))
                    .set("SDR_MAX_LATENCY_MS", "5000")
                    .set("SDR_BROADCAST_CAPACITY", Integer.toString(CAPACITY))
                    .set("SDR_SOCKET_SEND_BUFFER", Integer.toString(SMALL_BUFFER_BYTES)).start());
            Crowd crowd = opened.add(Crowd.of(server));
            List<CrowdViewer> healthy = crowd.joinAll(HEALTHY, CrowdViewer.KERNELS_CHOICE);
            server.http().awaitAttached();
            SteadyVideo video = opened.add(SteadyVideo.start(writer, INTERVAL, FRAME_BYTES, GROUP));
            Crowd.awaitAll(healthy, "see video", viewer -> viewer.videoMessages() >= GROUP);
            ServerResources before = ServerResources.of(server);

            long joinedNanos = System.nanoTime();
            List<CrowdViewer> stalled = joinStalled(crowd);
            Await.until("every queue has overflowed", Deadlines.SOON, () -> evictions(server) >= STALLED * CAPACITY);
            ServerResources during = ServerResources.settled(server, held -> held.heapBytes() - before.heapBytes() < BOUND_BYTES);
            double cut = server.http().metrics().samples().get(CUT);
            if (System.nanoTime() - joinedNanos < STALL_TIMEOUT.toNanos()) {
                assertThat(cut).as("cut before their time").isZero();
            }
            Await.until("all stalled viewers are cut", STALL_TIMEOUT.plus(Deadlines.SOON),
                    () -> server.http().metrics().samples().get(CUT) == STALLED);
            assertThat(Duration.ofNanos(System.nanoTime() - joinedNanos)).isGreaterThan(STALL_TIMEOUT);
            server.http().awaitClients(HEALTHY);
            ServerResources after = ServerResources.settled(server, held -> held.descriptors() <= before.descriptors()
                    && held.threads() <= before.threads() + 1 && held.heapBytes() - before.heapBytes() < OTHER_HEAP_BYTES);
            awaitLast(healthy, video);

            System.out.printf("before: %s%nduring: %s%nafter: %s%n", before, during, after);
            assertMemory(before, during, after);
            Losses.of(server).assertNoneBut(healthy);
            assertThat(healthy).noneMatch(CrowdViewer::ended);
            // Cut, not closed: the viewers would not have read a close frame.
            stalled.forEach(CrowdViewer::readOn);
            Crowd.awaitAll(stalled, "find the connection gone", CrowdViewer::ended);
            assertThat(stalled).allMatch(viewer -> viewer.closeCode() == 0);
        }
    }

    private static List<CrowdViewer> joinStalled(Crowd crowd) {
        List<CrowdViewer> stalled = crowd.joinAll(STALLED, SMALL_BUFFER_BYTES);
        stalled.forEach(CrowdViewer::stopReading);
        return stalled;
    }

    private static double evictions(ServerProcess server) {
        return server.http().metrics().samples().get("sdr_frames_dropped_total{reason=\"overflow\",}");
    }

    private static void assertMemory(ServerResources before, ServerResources during, ServerResources after) {
        assertThat(during.heapBytes() - before.heapBytes()).as("heap that stalled viewers hold").isLessThan(BOUND_BYTES);
        assertThat(after.heapBytes() - before.heapBytes()).as("heap that they leave").isLessThan(OTHER_HEAP_BYTES);
        assertThat(after.descriptors()).isLessThanOrEqualTo(before.descriptors());
        assertThat(after.threads()).isLessThanOrEqualTo(before.threads() + 1);
    }

    private static void awaitLast(List<CrowdViewer> viewers, SteadyVideo video) {
        long last = video.finish();
        Crowd.awaitAll(viewers, "have the last frame", viewer -> viewer.lastSeq() == last);
    }
}

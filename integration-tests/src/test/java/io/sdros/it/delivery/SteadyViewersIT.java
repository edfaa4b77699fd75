package io.sdros.it.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.ClipVideo;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RawStream;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.ThrottledInput;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Viewers that are far too slow for the stream but never stop reading. */
@Execution(ExecutionMode.CONCURRENT) // it waits to see that nothing happens, and judges no times
final class SteadyViewersIT {

    private static final int BYTES_PER_SECOND = 3_000;
    private static final int RECEIVE_BUFFER_BYTES = 4 * 1024;
    private static final int DEFAULT_SEND_BUFFER_BYTES = 262_144;
    /** The stall timeout, and what the buffers take at first; 40 s also show that unanswered pings do not matter. */
    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("sdr.steady.seconds", 18));

    /**
     * 3 kB a second: minutes of it lie in the kernels' buffers, so neither does the server hear of room, nor the viewer of
     * pings. What it fetches is a sign of life. The window is small, or the viewer's own kernel would hold it back for 20 s.
     * With a send buffer of the default's size and with the kernel's own, at the same time.
     */
    @Test
    void slowButSteadyViewersStay() throws IOException {
        try (OpenResources opened = new OpenResources()) {
            TempRegion region = opened.add(TempRegion.create());
            ClipVideo video = opened.add(ClipVideo.of(SlowClientIT.clip(), RegionWriter.open(region.path())));
            List<ServerProcess> servers = new ArrayList<>();
            List<ThrottledInput> inputs = new ArrayList<>();
            for (int sendBuffer : new int[] {DEFAULT_SEND_BUFFER_BYTES, 0}) {
                ServerProcess server = opened.add(ServerProcess.builder().region(region)
                        .set("SDR_SOCKET_SEND_BUFFER", Integer.toString(sendBuffer)).start());
                RawStream slow = opened.add(RawStream.connect(server, RECEIVE_BUFFER_BYTES));
                server.http().awaitClients(1);
                server.http().awaitAttached();
                servers.add(server);
                inputs.add(new ThrottledInput(slow.input(), BYTES_PER_SECOND));
            }
            video.start();
            byte[] piece = new byte[BYTES_PER_SECOND / 10];
            long untilNanos = System.nanoTime() + TIME.toNanos();
            while (System.nanoTime() - untilNanos < 0) {
                for (ThrottledInput input : inputs) {
                    assertThat(input.read(piece, 0, piece.length)).as("cut").isPositive();
                }
            }
            assertThat(servers).allSatisfy(server -> assertThat(server.http().metrics().sum("sdr_clients")).isEqualTo(1));
            video.stop();
        }
    }
}

package io.sdros.it.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Arrivals;
import io.sdros.it.support.Arrivals.Arrival;
import io.sdros.it.support.Await;
import io.sdros.it.support.BusyWork;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RobotCamera;
import io.sdros.it.support.RobotCamera.Producer;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A machine that has other things to do than to run the server, which therefore finds frames gone from the one slot: those
 * are in the history. How long nothing comes is for the program {@code BusyMachine} to measure.
 */
final class BusyMachineIT {

    private static final int BUSY_LOOPS = 16;
    private static final int CAMERA_SECONDS = 30;
    private static final Duration WATCHED = Duration.ofSeconds(6);

    @RegisterExtension
    final OpenResources opened = new OpenResources();

    @Test
    void noFrameIsMissingBesideBusyLoops() {
        TempRegion region = opened.add(TempRegion.create());
        // Rather late than not at all: what is late has its own test.
        ServerProcess server = opened.add(ServerProcess.builder().region(region).set("SDR_MAX_LATENCY_MS", "5000")
                .set("SDR_BROADCAST_CAPACITY", "1024").start());
        opened.add(RobotCamera.start(Producer.C, region, true, CAMERA_SECONDS));
        Arrivals viewer = opened.add(Arrivals.at(server));
        Await.until("frames come", Duration.ofSeconds(20), () -> viewer.all().size() > RobotCamera.FRAMES_PER_SECOND);
        BusyWork loops = opened.add(BusyWork.loops(BUSY_LOOPS));
        Await.pause(WATCHED.toNanos());
        loops.close();

        List<Long> seen = viewer.all().stream().map(Arrival::frameSeq).toList();
        assertThat(seen).isEqualTo(LongStream.rangeClosed(seen.get(0), seen.get(seen.size() - 1)).boxed().toList());
        assertThat(server.http().metrics().sum("sdr_frames_lost_total")).isZero();
        assertThat(server.http().metrics().sum("sdr_history")).isEqualTo(1);
    }
}

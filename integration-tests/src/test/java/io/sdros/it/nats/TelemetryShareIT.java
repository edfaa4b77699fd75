package io.sdros.it.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.NatsClient;
import io.sdros.it.support.NatsProcess;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.ProcessorTime;
import io.sdros.it.support.RawStream;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.StallMeter;
import io.sdros.it.support.SteadyVideo;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.ThrottledInput;
import java.io.DataInputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A viewer whose link carries the video with room to spare, but not the telemetry that comes besides. */
final class TelemetryShareIT {

    private static final long LINK_BYTES_PER_SECOND = 1_000_000;
    private static final int RECEIVE_BUFFER_BYTES = 64 * 1024;
    private static final int FRAMES_PER_SECOND = 30;
    private static final int FRAME_BYTES = 12_000;
    private static final int GROUP = 60;
    private static final int LARGE_PER_SECOND = 25;
    private static final int LARGE_BYTES = 60_000;
    private static final Duration TIME = Duration.ofSeconds(10);
    /** With as many of the processors as others leave, and besides what the machine keeps threads waiting meanwhile. */
    private static final Duration WORST_GAP = Duration.ofMillis(1_200);

    private final AtomicInteger states = new AtomicInteger();
    private final AtomicBoolean ended = new AtomicBoolean();

    @Test
    void neitherVideoNorASmallSubjectStarves() {
        try (OpenResources opened = new OpenResources()) {
            TempRegion region = opened.add(TempRegion.create());
            NatsProcess nats = opened.add(NatsProcess.start());
            ServerProcess server =
                    opened.add(ServerProcess.builder().region(region).set("SDR_NATS_URL", nats.url()).start());
            server.http().awaitNats("connected");
            RegionWriter writer = RegionWriter.open(region.path());
            RawStream viewer = opened.add(RawStream.connect(server, RECEIVE_BUFFER_BYTES));
            server.http().awaitClients(1);
            server.http().awaitAttached();
            NatsClient publisher = opened.add(NatsClient.connect(nats));
            opened.add(SteadyVideo.start(writer, Duration.ofSeconds(1).dividedBy(FRAMES_PER_SECOND), FRAME_BYTES, GROUP));
            Thread telemetry = new Thread(() -> publish(publisher), "telemetry");
            telemetry.start();
            opened.add(() -> {
                ended.set(true);
                telemetry.join(Deadlines.SOON.toMillis());
            });
            assertShares(viewer, server, opened.add(StallMeter.start()));
        }
    }

    private void assertShares(RawStream viewer, ServerProcess server, StallMeter stalls) {
        DataInputStream link = new DataInputStream(new ThrottledInput(viewer.input(), LINK_BYTES_PER_SECOND));
        List<Long> frames = new ArrayList<>();
        int statesSeen = 0;
        ProcessorTime processors = ProcessorTime.now();
        long beganNanos = System.nanoTime();
        while (System.nanoTime() - beganNanos < TIME.toNanos()) {
            RawStream.Taken taken = RawStream.take(link);
            if (taken.video()) {
                frames.add(taken.lastByteNanos());
            } else if (taken.telemetry().subject().equals("telemetry.state")) {
                statesSeen++;
            }
        }
        double left = ProcessorTime.now().leftSince(processors);
        long worstNanos = 0;
        for (int i = 1; i < frames.size(); i++) {
            worstNanos = Math.max(worstNanos, frames.get(i) - frames.get(i - 1)
                    - stalls.between(frames.get(i - 1), frames.get(i)).toNanos());
        }
        System.out.printf("%d frames in %d s, worst gap %d ms, %d of %d states%n", frames.size(), TIME.toSeconds(),
                worstNanos / 1_000_000, statesSeen, states.get());
        // What was written, as the pace of the writer is that of the machine; a few are on their way.
        long written = (long) server.http().metrics().sum("sdr_frames_read_total");
        assertThat(frames.size()).as("of %d frames", written).isGreaterThanOrEqualTo((int) (written * 25 / 30));
        assertThat(worstNanos).isLessThanOrEqualTo((long) (WORST_GAP.toNanos() / left));
        assertThat(statesSeen).as("of %d, the last on its way", states.get()).isGreaterThanOrEqualTo(states.get() - 2);
        assertThat(server.http().metrics().sum("sdr_telemetry_dropped_total")).as("of the large ones").isPositive();
        assertThat(server.http().metrics().samples())
                .doesNotContainKey("sdr_telemetry_dropped_total{reason=\"queue_overflow\",subject=\"telemetry.state\",}");
    }

    private void publish(NatsClient publisher) {
        long dueNanos = System.nanoTime();
        byte[] large = new byte[LARGE_BYTES];
        for (int i = 0; !ended.get(); i++) {
            publisher.publish("telemetry.large", large);
            if (i % LARGE_PER_SECOND == 0) {
                states.incrementAndGet();
                publisher.publish("telemetry.state", ByteBuffer.allocate(4).putInt(i).array());
            }
            dueNanos += Duration.ofSeconds(1).toNanos() / LARGE_PER_SECOND;
            Await.pause(dueNanos - System.nanoTime());
        }
    }
}

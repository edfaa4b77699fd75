package io.sdros.it.load;

import io.sdros.it.support.Await;
import io.sdros.it.support.NatsClient;
import io.sdros.it.support.NatsProcess;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RawStream;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.SteadyVideo;
import io.sdros.it.support.TempRegion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A program: how late is telemetry on a client whose way is too narrow for the video? One client reads at a bounded rate,
 * more video than that is written all the time, and telemetry is published at random moments, with the time in it.
 * Prints its median delay beside the median time that one video message takes on that client's way.
 *
 * <p>System properties {@code load.frame} (bytes), {@code load.fps}, {@code load.way} (bytes a second), {@code
 * load.buffer} (bytes, of both sockets; 0 leaves the server's as it is by default), {@code load.seconds}.
 */
final class TelemetryOvertaking {

    private static final int FRAME_BYTES = Integer.getInteger("load.frame", 200_000);
    private static final int FPS = Integer.getInteger("load.fps", 30);
    private static final long WAY_BYTES_PER_SECOND = Long.getLong("load.way", 4_000_000);
    private static final int BUFFER_BYTES = Integer.getInteger("load.buffer", 4_096);
    private static final int SECONDS = Integer.getInteger("load.seconds", 20);

    private static final Duration MEAN_PAUSE = Duration.ofMillis(100);
    private static final long WARM_UP_NANOS = Duration.ofSeconds(3).toNanos();
    private static final int ORDINARY_RECEIVE_BUFFER = 128 * 1024;

    private TelemetryOvertaking() {
    }

    public static void main(String[] arguments) throws InterruptedException {
        try (OpenResources opened = new OpenResources()) {
            TempRegion region = opened.add(TempRegion.create());
            NatsProcess nats = opened.add(NatsProcess.start());
            ServerProcess.Builder builder = ServerProcess.builder().region(region).set("SDR_NATS_URL", nats.url());
            if (BUFFER_BYTES > 0) {
                builder.set("SDR_SOCKET_SEND_BUFFER", Integer.toString(BUFFER_BYTES));
            }
            ServerProcess server = opened.add(builder.start());
            server.http().awaitNats("connected");
            RawStream client = opened.add(RawStream.connect(server,
                    BUFFER_BYTES > 0 ? BUFFER_BYTES : ORDINARY_RECEIVE_BUFFER));
            opened.add(SteadyVideo.start(RegionWriter.open(region.path()),
                    Duration.ofSeconds(1).dividedBy(FPS), FRAME_BYTES));
            NatsClient publisher = opened.add(NatsClient.connect(nats));
            AtomicBoolean ended = new AtomicBoolean();
            Thread telemetry = new Thread(() -> publish(publisher, ended), "telemetry");
            telemetry.start();
            measure(client);
            ended.set(true);
            telemetry.join();
            Map<String, Double> samples = server.http().metrics().samples();
            samples.keySet().stream().filter(name -> name.startsWith("sdr_frames_dropped") || name.startsWith("sdr_lag"))
                    .forEach(name -> System.out.println(name + " " + samples.get(name).longValue()));
        }
    }

    private static void publish(NatsClient publisher, AtomicBoolean ended) {
        while (!ended.get()) {
            Await.pause(ThreadLocalRandom.current().nextLong(2 * MEAN_PAUSE.toNanos()));
            publisher.publish("telemetry.time", Long.toString(System.nanoTime()));
        }
    }

    private static void measure(RawStream client) {
        List<Long> delays = new ArrayList<>();
        List<Long> messages = new ArrayList<>();
        long fromNanos = System.nanoTime() + WARM_UP_NANOS;
        while (System.nanoTime() - fromNanos < Duration.ofSeconds(SECONDS).toNanos()) {
            RawStream.Taken taken = client.take(WAY_BYTES_PER_SECOND);
            if (taken.firstByteNanos() - fromNanos < 0) {
                continue;
            }
            if (taken.video()) {
                messages.add(taken.lastByteNanos() - taken.firstByteNanos());
            } else {
                delays.add(taken.lastByteNanos() - Long.parseLong(taken.telemetry().text()));
            }
        }
        System.out.printf(Locale.ROOT, "%d telemetry messages late by %.1f ms (median), %.1f ms (p95);"
                + " one video message takes %.1f ms (median of %d)%n", delays.size(), millis(delays, 0.5),
                millis(delays, 0.95), millis(messages, 0.5), messages.size());
    }

    private static double millis(List<Long> nanos, double quantile) {
        List<Long> sorted = new ArrayList<>(nanos);
        Collections.sort(sorted);
        return sorted.get((int) (quantile * (sorted.size() - 1))) / 1e6;
    }
}

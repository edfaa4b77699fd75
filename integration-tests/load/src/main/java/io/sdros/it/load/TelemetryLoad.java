package io.sdros.it.load;

import io.sdros.it.support.Await;
import io.sdros.it.support.Metrics;
import io.sdros.it.support.NatsClient;
import io.sdros.it.support.NatsProcess;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.TestClip;
import io.sdros.it.support.VideoFrame;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * A program: what does much telemetry do to video? The same server and clients, with and without a flood of telemetry
 * in turns; prints the age of video at the clients and at the server's sockets, and the medians over all rounds.
 *
 * <p>System properties {@code load.clients}, {@code load.rate} (messages a second), {@code load.rounds},
 * {@code load.seconds} (of each half of a round), {@code load.frame} (bytes).
 */
final class TelemetryLoad {

    private static final int CLIENTS = Integer.getInteger("load.clients", 100);
    private static final int RATE = Integer.getInteger("load.rate", 10_000);
    private static final int ROUNDS = Integer.getInteger("load.rounds", 5);
    private static final int SECONDS = Integer.getInteger("load.seconds", 5);
    private static final int FRAME_BYTES = Integer.getInteger("load.frame", 20_000);

    private static final long FRAME_INTERVAL_NANOS = Duration.ofSeconds(1).toNanos() / TestClip.FRAMES_PER_SECOND;
    private static final int GROUP = 30;
    private static final int SUBJECTS = 50;
    private static final int PAYLOAD_BYTES = 100;
    private static final int BATCHES_PER_SECOND = 500;
    private static final Duration SETTLE = Duration.ofSeconds(1);

    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicBoolean flood = new AtomicBoolean();
    private final RegionWriter writer;
    private final NatsClient publisher;
    private final ServerProcess server;
    private final StreamLoad clients;

    private TelemetryLoad(RegionWriter writer, NatsClient publisher, ServerProcess server, StreamLoad clients) {
        this.writer = writer;
        this.publisher = publisher;
        this.server = server;
        this.clients = clients;
    }

    /** One half of a round. */
    private record Half(double p50, double p99, double socketP99, long video, long telemetry, long dropped, long in,
            double serverCpu) {

        String line(String name) {
            return String.format(Locale.ROOT, "%-8s video p50 %6.2f p99 %6.2f ms, to the socket p99 %6.2f ms, %5d messages;"
                    + " telemetry in %d/s, out %d/s, dropped %d/s; server CPU %.0f %%",
                    name, p50, p99, socketP99, video, in / SECONDS, telemetry / SECONDS, dropped / SECONDS,
                    100 * serverCpu);
        }
    }

    public static void main(String[] arguments) throws InterruptedException {
        try (OpenResources opened = new OpenResources()) {
            TempRegion region = opened.add(TempRegion.create());
            NatsProcess nats = opened.add(NatsProcess.start());
            RegionWriter writer = RegionWriter.open(region.path());
            ServerProcess server = opened.add(
                    ServerProcess.builder().region(region).set("SDR_NATS_URL", nats.url()).start());
            server.http().awaitNats("connected");
            TelemetryLoad load = new TelemetryLoad(writer, opened.add(NatsClient.connect(nats)), server,
                    opened.add(StreamLoad.connect(server, CLIENTS)));
            load.run();
        }
    }

    private void run() throws InterruptedException {
        Thread video = new Thread(this::writeVideo, "video");
        Thread telemetry = new Thread(this::publishTelemetry, "telemetry");
        video.start();
        telemetry.start();
        List<Half> without = new ArrayList<>();
        List<Half> with = new ArrayList<>();
        for (int round = 0; round <= ROUNDS; round++) {
            Half calm = half(false);
            Half flooded = half(true);
            System.out.println(calm.line("without") + "\n" + flooded.line("with"));
            if (round > 0) { // the first is for the compilers
                without.add(calm);
                with.add(flooded);
            }
        }
        ended.set(true);
        video.join();
        telemetry.join();
        System.out.printf(Locale.ROOT, "medians of %d rounds: video p99 %.2f ms without, %.2f ms with: x %.2f;"
                        + " to the socket %.2f ms, %.2f ms: x %.2f%n", ROUNDS,
                median(without, Half::p99), median(with, Half::p99), median(with, Half::p99) / median(without, Half::p99),
                median(without, Half::socketP99), median(with, Half::socketP99),
                median(with, Half::socketP99) / median(without, Half::socketP99));
    }

    private static double median(List<Half> halves, ToDoubleFunction<Half> value) {
        return halves.stream().mapToDouble(value).sorted().skip(halves.size() / 2).findFirst().orElseThrow();
    }

    private Half half(boolean flooded) {
        flood.set(flooded);
        Await.pause(SETTLE.toNanos());
        Metrics before = server.http().metrics();
        clients.take();
        Await.pause(Duration.ofSeconds(SECONDS).toNanos());
        StreamLoad.Taken taken = clients.take();
        Metrics after = server.http().metrics();
        if (taken.closedConnections() > 0) {
            throw new AssertionError(taken.closedConnections() + " clients were cut");
        }
        return new Half(taken.ageMillis(0.5), taken.ageMillis(0.99), socketP99(before, after),
                taken.agesNanos().length, taken.telemetryMessages(),
                difference("sdr_telemetry_dropped_total", before, after),
                difference("sdr_telemetry_received_total", before, after),
                (after.sum("process_cpu_seconds_total") - before.sum("process_cpu_seconds_total")) / SECONDS);
    }

    private static long difference(String name, Metrics before, Metrics after) {
        return (long) (after.sum(name) - before.sum(name));
    }

    /** From the histogram, in milliseconds, evenly spread within its bucket. */
    private static double socketP99(Metrics before, Metrics after) {
        String prefix = "sdr_commit_to_socket_delay_seconds_bucket{le=\"";
        List<Map.Entry<Double, Double>> buckets = after.samples().entrySet().stream()
                .filter(sample -> sample.getKey().startsWith(prefix))
                .map(sample -> Map.entry(bound(sample.getKey().substring(prefix.length())),
                        sample.getValue() - before.samples().get(sample.getKey())))
                .sorted(Comparator.comparingDouble(Map.Entry::getKey)).toList();
        double wanted = 0.99 * buckets.get(buckets.size() - 1).getValue();
        int index = IntStream.range(0, buckets.size()).filter(i -> buckets.get(i).getValue() >= wanted)
                .findFirst().orElseThrow();
        double lowBound = index == 0 ? 0 : buckets.get(index - 1).getKey();
        double lowCount = index == 0 ? 0 : buckets.get(index - 1).getValue();
        double share = (wanted - lowCount) / (buckets.get(index).getValue() - lowCount);
        return 1_000 * (lowBound + share * (buckets.get(index).getKey() - lowBound));
    }

    private static double bound(String text) {
        String number = text.substring(0, text.indexOf('"'));
        return number.equals("+Inf") ? Double.MAX_VALUE : Double.parseDouble(number);
    }

    private void writeVideo() {
        long dueNanos = System.nanoTime();
        for (int frame = 0; !ended.get(); frame++) {
            writer.write(System.nanoTime(), frame % GROUP == 0 ? VideoFrame.KEYFRAME : 0, VideoFrame.H264, FRAME_BYTES);
            dueNanos += FRAME_INTERVAL_NANOS;
            Await.pause(dueNanos - System.nanoTime());
        }
    }

    private void publishTelemetry() {
        long dueNanos = System.nanoTime();
        int number = 0;
        byte[] payload = "x".repeat(PAYLOAD_BYTES).getBytes(StandardCharsets.US_ASCII);
        while (!ended.get()) {
            if (flood.get()) {
                ByteArrayOutputStream batch = new ByteArrayOutputStream();
                for (int i = 0; i < RATE / BATCHES_PER_SECOND; i++) {
                    String line = "PUB telemetry.load." + number++ % SUBJECTS + " " + PAYLOAD_BYTES + "\r\n";
                    batch.writeBytes(line.getBytes(StandardCharsets.US_ASCII));
                    batch.writeBytes(payload);
                    batch.writeBytes(new byte[] {'\r', '\n'});
                }
                publisher.send(batch.toByteArray());
            }
            dueNanos += Duration.ofSeconds(1).toNanos() / BATCHES_PER_SECOND;
            Await.pause(dueNanos - System.nanoTime());
        }
    }
}

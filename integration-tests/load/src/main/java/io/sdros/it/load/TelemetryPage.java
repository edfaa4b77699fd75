package io.sdros.it.load;

import io.sdros.it.support.Await;
import io.sdros.it.support.Browser;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.NatsClient;
import io.sdros.it.support.NatsProcess;
import io.sdros.it.support.NumberedClip;
import io.sdros.it.support.NumberedFrames;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.Tool;
import io.sdros.it.support.VideoFrame;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A program: what does much telemetry cost the player page? For how much of the time its own thread is at work, by
 * Chromium's account, and how many pictures a second it shows, without telemetry and with it in turns.
 *
 * <p>System properties {@code page.subjects}, {@code page.rate} (messages a second, all subjects together), {@code
 * page.seconds} (of each half of a round), {@code page.rounds}, {@code page.load} (busy loops beside it), and {@code
 * page.before}: another server's jar, whose page is measured in the same rounds.
 */
final class TelemetryPage {

    private static final int SUBJECTS = Integer.getInteger("page.subjects", 200);
    private static final int RATE = Integer.getInteger("page.rate", 1_000);
    private static final int SECONDS = Integer.getInteger("page.seconds", 10);
    private static final int ROUNDS = Integer.getInteger("page.rounds", 3);
    private static final int LOOPS = Integer.getInteger("page.load", 0);
    private static final String BEFORE = System.getProperty("page.before", "");

    private static final int FPS = 30;
    private static final int PICTURES = 240;
    private static final int BATCHES_PER_SECOND = 100;
    private static final Duration SETTLE = Duration.ofSeconds(3);

    private TelemetryPage() {
    }

    /** What one page did for some time. */
    private record Seen(double busy, double picturesPerSecond, double messagesPerSecond) {

        String line(String name) {
            return String.format(Locale.ROOT, "%s: main thread busy %.1f %%, %.1f pictures/s, %.0f messages/s", name, 100 * busy,
                    picturesPerSecond, messagesPerSecond);
        }
    }

    public static void main(String[] arguments) throws InterruptedException {
        List<byte[]> clip = NumberedClip.h264(640, 480, 0, PICTURES);
        AtomicBoolean ended = new AtomicBoolean();
        List<Thread> loops = new ArrayList<>();
        for (int i = 0; i < LOOPS; i++) {
            Thread loop = new Thread(() -> {
                while (!ended.get()) {
                    Thread.onSpinWait();
                }
            }, "load");
            loop.start();
            loops.add(loop);
        }
        try {
            for (int round = 1; round <= ROUNDS; round++) {
                if (!BEFORE.isEmpty()) {
                    measure("round " + round + ", before", List.of(Tool.java(), "-jar", BEFORE), clip);
                }
                measure("round " + round, ServerProcess.jarCommand(), clip);
            }
        } finally {
            ended.set(true);
            for (Thread loop : loops) {
                loop.join();
            }
        }
    }

    private static void measure(String name, List<String> command, List<byte[]> clip) throws InterruptedException {
        AtomicBoolean flood = new AtomicBoolean();
        AtomicBoolean ended = new AtomicBoolean();
        try (OpenResources opened = new OpenResources()) {
            TempRegion region = opened.add(TempRegion.create());
            NatsProcess nats = opened.add(NatsProcess.start());
            ServerProcess server = opened.add(ServerProcess.builder().command(command).region(region)
                    .set("SDR_NATS_URL", nats.url()).start());
            server.http().awaitNats("connected");
            opened.add(NumberedFrames.start(RegionWriter.open(region.path()), clip, VideoFrame.H264, FPS));
            NatsClient publisher = opened.add(NatsClient.connect(nats));
            Browser browser = opened.add(Browser.startNew());
            browser.open(server.http("/"));
            Await.until("live", Deadlines.SOON, () -> "live".equals(browser.evaluate("window.sdrPlayer?.state")));
            browser.run("if (document.querySelector('#telemetry').hidden) document.querySelector('#panel-toggle').click()");
            Await.pause(SETTLE.toNanos());
            System.out.println(look(browser).line(name + ", no telemetry  "));
            Thread telemetry = new Thread(() -> publish(publisher, flood, ended), "telemetry");
            telemetry.start();
            try {
                flood.set(true);
                Await.pause(SETTLE.toNanos());
                System.out.println(look(browser).line(name + ", with telemetry"));
            } finally {
                ended.set(true);
                telemetry.join();
            }
            System.out.println("    " + browser.evaluate("document.querySelectorAll('*').length") + " elements, "
                    + browser.evaluate("sdrPlayer.subjects.length") + " subjects; console " + browser.console());
        }
    }

    private static Seen look(Browser browser) {
        double busyFrom = browser.mainThreadSeconds();
        double[] from = counters(browser);
        Await.pause(Duration.ofSeconds(SECONDS).toNanos());
        double[] until = counters(browser);
        double busy = browser.mainThreadSeconds() - busyFrom;
        double seconds = (until[2] - from[2]) / 1e3;
        return new Seen(busy / seconds, (until[0] - from[0]) / seconds, (until[1] - from[1]) / seconds);
    }

    private static double[] counters(Browser browser) {
        return ((List<?>) browser.evaluate("[sdrPlayer.framesPainted, sdrPlayer.telemetryReceived, performance.now()]")).stream()
                .mapToDouble(number -> ((Number) number).doubleValue()).toArray();
    }

    private static void publish(NatsClient publisher, AtomicBoolean flood, AtomicBoolean ended) {
        long sent = 0;
        long nextNanos = System.nanoTime();
        while (!ended.get()) {
            nextNanos += Duration.ofSeconds(1).toNanos() / BATCHES_PER_SECOND;
            for (int i = 0; flood.get() && i < RATE / BATCHES_PER_SECOND; i++) {
                publisher.publishUnconfirmed("telemetry.load.part" + sent % SUBJECTS % 10 + ".joint" + sent % SUBJECTS, value(sent));
                sent++;
            }
            Await.pause(Math.max(0, nextNanos - System.nanoTime()));
        }
    }

    private static byte[] value(long number) {
        double phase = number / 500.0;
        return String.format(Locale.ROOT, "{\"seq\":%d,\"position\":%.4f,\"velocity\":%.4f,\"efforts\":[%.2f,%.2f,%.2f],\"ok\":true}",
                number, Math.sin(phase), Math.cos(phase), phase % 3, phase % 5, phase % 7).getBytes(StandardCharsets.UTF_8);
    }
}

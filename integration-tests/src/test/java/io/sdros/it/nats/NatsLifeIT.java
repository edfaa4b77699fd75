package io.sdros.it.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.Metrics;
import io.sdros.it.support.NatsClient;
import io.sdros.it.support.NatsProcess;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.StallMeter;
import io.sdros.it.support.SteadyVideo;
import io.sdros.it.support.TelemetrySample;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.Tool;
import io.sdros.it.support.VideoFrame;
import io.sdros.it.support.WorkDirectory;
import io.sdros.it.support.WsRecorder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * NATS comes, goes, freezes, refuses, moves; video flows through all of it. The number of kills is the system property
 * {@code sdr.nats.rounds}.
 */
@Execution(ExecutionMode.CONCURRENT) // it waits for NATS most of the time, and allows for a busy machine
final class NatsLifeIT {

    private static final int ROUNDS = Integer.getInteger("sdr.nats.rounds", 5);
    /** Of more changes than these make not each is a line. */
    private static final int ROUNDS_LOGGED = 9;
    /**
     * The aim is 2 s, and what was measured is printed; the rest is for a machine that does other things, too. What it keeps
     * threads waiting meanwhile comes on top.
     */
    private static final Duration BACK = Duration.ofSeconds(5);
    private static final Duration FROZEN = Duration.ofSeconds(10);
    /** Slow enough that a pause of the collector or of a busy machine costs no frame: those are not tested here. */
    private static final Duration FRAME_INTERVAL = Duration.ofMillis(100);
    private static final int WARM_UP_FRAMES = 10;
    /** Threads that a reconnection may borrow, and the JVM's own comings and goings. */
    private static final int THREADS_TO_SPARE = 4;

    @RegisterExtension
    final OpenResources opened = new OpenResources();
    private TempRegion region;
    private NatsProcess nats;
    private ServerProcess server;
    private WsRecorder client;
    private SteadyVideo video;
    private StallMeter machine;
    private long firstChecked;

    @BeforeEach
    void startNats() {
        region = opened.add(TempRegion.create());
        nats = opened.add(NatsProcess.start());
    }

    private void start(String natsUrl, String... javaOptions) {
        List<String> command = new ArrayList<>(List.of(Tool.java()));
        command.addAll(List.of(javaOptions));
        command.addAll(List.of("-jar", ServerProcess.jar().toString()));
        server = opened.add(ServerProcess.builder().region(region).set("SDR_NATS_URL", natsUrl).command(command).start());
        client = opened.add(WsRecorder.connect(server));
        RegionWriter writer = RegionWriter.open(region.path());
        server.http().awaitAttached();
        machine = opened.add(StallMeter.start());
        video = opened.add(SteadyVideo.start(writer, FRAME_INTERVAL, 2_000));
        // What a JVM that has just started loads and compiles may cost a frame; that is not what is tested here.
        client.awaitVideo(WARM_UP_FRAMES);
        firstChecked = video.written() + 1;
    }

    /** Publishes until the client gets it, soon after the given moment; returns how long after it that was. */
    private Duration relayedAfter(long sinceNanos, String subject) {
        try (NatsClient publisher = NatsClient.connect(nats)) {
            long arrived = Await.value("telemetry " + subject, Deadlines.SOON, () -> {
                publisher.publish(subject, "x");
                return client.messages().stream().filter(message -> isTelemetry(message, subject)).findFirst();
            }).nanos();
            Duration after = Duration.ofNanos(arrived - sinceNanos);
            assertThat(after).isLessThanOrEqualTo(BACK.plus(machine.between(sinceNanos, arrived)));
            return after;
        }
    }

    private static boolean isTelemetry(WsRecorder.Received message, String subject) {
        ByteBuffer bytes = ByteBuffer.wrap(message.bytes());
        return bytes.get() == 2 && TelemetrySample.decode(bytes).subject().equals(subject);
    }

    private void assertRelayedOnce(String subject) {
        try (NatsClient publisher = NatsClient.connect(nats)) {
            publisher.publish(subject, "once");
            publisher.publish(subject + ".end", "x");
        }
        client.awaitTelemetry(subject + ".end");
        assertThat(client.telemetry()).filteredOn(sample -> sample.subject().equals(subject)).hasSize(1);
        Await.told("the number of connections that relay", 1L, () -> nats.subscribers("telemetry.>"));
    }

    /** Every frame written until now has come, in order; but for those that the machine kept the reader from seeing. */
    private void assertVideoUnaffected() {
        Await.until("video after all that", Deadlines.SOON, () -> video.written() >= firstChecked);
        long last = video.written();
        Await.until("frame " + last, Deadlines.SOON, () -> {
            List<WsRecorder.Received> all = client.messages();
            return all.stream().filter(message -> message.bytes()[0] == 1)
                    .anyMatch(message -> WsRecorder.frame(message).frameSeq() >= last);
        });
        List<Long> sequences = client.video().stream().map(VideoFrame::frameSeq)
                .filter(seq -> seq >= firstChecked && seq <= last).toList();
        long missing = last - firstChecked + 1 - sequences.size();
        assertThat(sequences).isSorted().doesNotHaveDuplicates();
        if (machine.longest().compareTo(FRAME_INTERVAL.dividedBy(2)) < 0) {
            assertThat(missing).as("longest stall of this machine: %s", machine.longest()).isZero();
        }
        assertThat(missing).isLessThanOrEqualTo((long) server.http().metrics().sum("sdr_frames_lost_total"));
        assertThat(client.closeCode()).isEmpty();
    }

    private long logLines(String text) {
        return server.process().lines().stream().filter(line -> line.contains(text)).count();
    }

    /** They are written and read by others: a moment after what they tell of. */
    private void awaitLogLines(String text, long expected) {
        Await.told("the number of lines with " + text, expected, () -> logLines(text));
    }

    private double threads() {
        return server.http().metrics().sum("jvm_threads_current");
    }

    private void awaitLoss() {
        Await.until("the loss is seen", Deadlines.SOON,
                () -> !"connected".equals(server.http().json("/health").get("nats")));
        Await.told("sdr_nats_connected", 0.0, () -> server.http().metrics().sum("sdr_nats_connected"));
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void killedAndStartedAgain() {
        start(nats.url());
        server.http().awaitNats("connected");
        assertRelayedOnce("telemetry.round.0");
        List<Long> millis = new ArrayList<>();
        double threadsAtFirst = 0;
        for (int round = 1; round <= ROUNDS; round++) {
            nats.kill();
            awaitLoss();
            nats = opened.add(NatsProcess.start(nats.port()));
            long ready = System.nanoTime();
            millis.add(relayedAfter(ready, "telemetry.back." + round).toMillis());
            assertRelayedOnce("telemetry.round." + round);
            threadsAtFirst = round == 2 ? threads() : threadsAtFirst;
        }
        Collections.sort(millis);
        System.out.printf("NATS killed %d times: telemetry back after %d ms (median), %d ms (longest)%n", ROUNDS,
                millis.get(millis.size() / 2), millis.get(millis.size() - 1));
        assertThat(threads()).isLessThanOrEqualTo(threadsAtFirst + THREADS_TO_SPARE);
        Await.told("sdr_nats_reconnects_total", (double) ROUNDS, () -> server.http().metrics().sum("sdr_nats_reconnects_total"));
        if (ROUNDS <= ROUNDS_LOGGED) {
            awaitLogLines("NATS connected", ROUNDS + 1);
            awaitLogLines("NATS disconnected", ROUNDS);
        }
        assertVideoUnaffected();
    }

    @Test
    void absentAtStart() {
        nats.kill();
        start(nats.url());
        assertThat(server.http().json("/health")).containsEntry("status", "ok");
        server.http().awaitNats("disconnected");
        nats = opened.add(NatsProcess.start(nats.port()));
        long ready = System.nanoTime();
        relayedAfter(ready, "telemetry.at.last");
        server.http().awaitNats("connected");
        awaitLogLines("NATS disconnected", 1);
        assertRelayedOnce("telemetry.once");
        assertVideoUnaffected();
    }

    @Test
    void aNameThatResolvesOnlyLater() throws IOException {
        Path hosts = WorkDirectory.newFile("hosts", ".txt");
        Files.writeString(hosts, "127.0.0.1 localhost\n");
        start("nats://robot-nats:" + nats.port(), "-Djdk.net.hosts.file=" + hosts);
        server.http().awaitNats("disconnected");
        Files.writeString(hosts, "127.0.0.1 localhost\n127.0.0.1 robot-nats\n");
        long known = System.nanoTime();
        relayedAfter(known, "telemetry.found");
        assertVideoUnaffected();
    }

    @Test
    void frozenForTenSeconds() {
        start(nats.url());
        server.http().awaitNats("connected");
        assertRelayedOnce("telemetry.before");
        nats.freeze();
        long frozen = System.nanoTime();
        awaitLoss();
        Await.holdsFor(FROZEN.minusNanos(System.nanoTime() - frozen), () -> true);
        nats.thaw();
        long thawed = System.nanoTime();
        Duration back = relayedAfter(thawed, "telemetry.after");
        System.out.printf("NATS frozen for %d s: telemetry back after %d ms%n", FROZEN.toSeconds(), back.toMillis());
        server.http().awaitNats("connected");
        Await.until("the old connection is gone", Deadlines.SOON, () -> nats.subscribers("telemetry.>") == 1);
        assertRelayedOnce("telemetry.once");
        awaitLogLines("NATS disconnected", 1);
        assertVideoUnaffected();
    }

    @Test
    void wrongCredentialsThenRightOnes() {
        int port = nats.port();
        nats.kill();
        nats = opened.add(NatsProcess.start(port, "authorization { user: anna, password: \"other\" }\n"));
        start(nats.url("nats", "anna:s3cret@").toString());
        server.http().awaitNats("refused");
        nats.kill();
        nats = opened.add(NatsProcess.start(port, "authorization { users: [ { user: anna, password: s3cret },"
                + " { user: it, password: it } ] }\nno_auth_user: it\n"));
        long ready = System.nanoTime();
        relayedAfter(ready, "telemetry.welcome");
        awaitLogLines("NATS refused", 1);
        assertThat(server.process().output()).doesNotContain("s3cret");
        assertVideoUnaffected();
    }

    @Test
    void theFirstServerOfTheListIsDead() {
        NatsProcess second = opened.add(NatsProcess.start());
        int first = nats.port();
        nats.kill();
        nats = second;
        start("nats://127.0.0.1:" + first + ",nats://127.0.0.1:" + second.port());
        server.http().awaitNats("connected");
        assertRelayedOnce("telemetry.second");

        nats = opened.add(NatsProcess.start(first));
        second.kill();
        long lost = System.nanoTime();
        relayedAfter(lost, "telemetry.first");
        assertVideoUnaffected();
    }

    private double accountedFor() {
        Metrics metrics = server.http().metrics();
        return metrics.sum("sdr_telemetry_received_total") + metrics.samples()
                .getOrDefault("sdr_telemetry_dropped_total{reason=\"slow_consumer\",subject=\"unknown\",}", 0.0);
    }

    @Test
    void moreTelemetryThanTheServerCanTake() {
        start(nats.url());
        server.http().awaitNats("connected");
        int messages = 30_000;
        byte[] payload = new byte[100];
        try (NatsClient publisher = NatsClient.connect(nats)) {
            for (int i = 0; i < messages; i++) {
                publisher.publishUnconfirmed("telemetry.flood." + i % 10, payload);
            }
        }
        // Each was relayed, or dropped in front of the server and counted; none is counted twice.
        Await.until("all are accounted for", Deadlines.SOON, () -> accountedFor() == messages);
        assertThat(Await.holdsFor(FRAME_INTERVAL, () -> accountedFor() == messages)).isTrue();
        assertThat(logLines("NATS disconnected")).isZero();
        assertRelayedOnce("telemetry.after.the.flood");
        assertVideoUnaffected();
    }
}

package io.sdros.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.Repeat;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.UnfinishedRequest;
import io.sdros.it.support.WsRecorder;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Year;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is logged, how a line looks, and what SDR_LOG_LEVEL makes of it. docs/operations.md describes it. */
final class LogIT {

    private static final Pattern LINE = Pattern.compile(
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d)"
                    + " (TRACE|DEBUG|INFO|WARN|ERROR) [A-Za-z0-9-]+ - \\S.*");
    private static final int FLAPS = 20;
    private static final String UNKNOWN = "unknown";
    private static final Pattern NATS_TRIED = Pattern.compile("NATS disconnected");

    /** Starts with NATS that is not there and without a region: there is something to warn about. Then stops. */
    private static List<String> linesAt(String level) {
        try (TempRegion region = TempRegion.create();
                ServerProcess server = ServerProcess.builder().region(region).set("SDR_LOG_LEVEL", level)
                        .set("SDR_NATS_URL", "nats://127.0.0.1:1").start()) {
            server.process().awaitLine(NATS_TRIED, Deadlines.SOON);
            assertThat(server.http().get("/health").statusCode()).isEqualTo(200);
            assertThat(server.stop()).isZero();
            return server.process().lines();
        }
    }

    private static List<String> at(List<String> lines, String level) {
        return lines.stream().filter(line -> line.contains(" " + level + " ")).toList();
    }

    @Test
    void atInfoEveryEventIsOneLineOfOneForm() {
        List<String> lines = linesAt("info");

        assertThat(lines).allSatisfy(line -> assertThat(line).matches(LINE));
        assertThat(lines).anyMatch(line -> line.contains(" INFO Launcher - sdr-transport "))
                .anyMatch(line -> line.contains(" WARN VideoStream - No frames can be read from "))
                .anyMatch(line -> line.contains(" INFO Launcher - Stopped"));
        assertThat(at(lines, "DEBUG")).isEmpty();
        assertThat(String.join("\n", lines)).as("the libraries say nothing worth reading").doesNotContainIgnoringCase("xnio");
    }

    @Test
    void theStartSaysHowThisKernelSendsAndWhatToChangeOfIt() throws IOException {
        String control = kernelSays("tcp_congestion_control");
        List<String> lines = linesAt("info");

        assertThat(lines).filteredOn(line -> line.contains("TCP")).filteredOn(line -> line.contains(" INFO ")).singleElement().asString()
                .endsWith(" INFO Launcher - TCP sends with congestion control " + control + ", tcp_notsent_lowat "
                        + kernelSays("tcp_notsent_lowat"));
        assertThat(at(lines, "WARN")).filteredOn(line -> line.contains("net.ipv4.tcp_congestion_control=bbr"))
                .hasSize(Set.of("bbr", UNKNOWN).contains(control) ? 0 : 1)
                .allSatisfy(line -> assertThat(line).contains(" WARN Launcher - TCP's congestion control is " + control + ": "));
    }

    private static String kernelSays(String setting) throws IOException {
        Path file = Path.of("/proc/sys/net/ipv4", setting);
        if (!Files.exists(file)) {
            return UNKNOWN;
        }
        // In one read: the kernel gives a number to the first alone, and of a file of no length Files reads a byte first.
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            return reader.readLine();
        }
    }

    @Test
    void atDebugTheLibrariesSpeakInTheSameForm() {
        try (TempRegion region = TempRegion.create();
                ServerProcess server = ServerProcess.builder().region(region).set("SDR_LOG_LEVEL", "debug").start();
                UnfinishedRequest bad = UnfinishedRequest.connect(server.port(), "GET /health HTTP/1.1\r\nno header at all\r\n\r\n")) {
            server.process().awaitLine(Pattern.compile(" DEBUG io - .*Failed to parse request"), Deadlines.SOON);
            assertThat(bad.socket().isConnected()).isTrue();
            assertThat(server.stop()).isZero();

            assertThat(at(server.process().lines(), "DEBUG")).anyMatch(line -> line.contains(" DEBUG xnio - "))
                    .allSatisfy(line -> assertThat(line).matches(LINE));
        }
    }

    @Test
    void atWarnNothingLessIsSaid() {
        // It does not even say where it listens, so that the port has to be known beforehand.
        try (TempRegion region = TempRegion.create(); ChildProcess server = ServerProcess.builder().region(region)
                .set("SDR_LOG_LEVEL", "warn").set("SDR_NATS_URL", "nats://127.0.0.1:1").launch()) {
            server.awaitLine(NATS_TRIED, Deadlines.START);
            Await.until("the region is missed", Deadlines.SOON,
                    () -> server.output().contains("WARN VideoStream - No frames can be read"));
            server.terminate();
            assertThat(server.awaitPromisedExit(Deadlines.SHUTDOWN)).isZero();

            // The third is about this machine's kernel, and not on every machine.
            assertThat(server.lines()).allSatisfy(line -> assertThat(line).matches(LINE).contains(" WARN "))
                    .filteredOn(line -> !line.contains("net.ipv4.tcp_congestion_control=bbr")).hasSize(2);
        }
    }

    @Test
    void offIsSilent() {
        try (TempRegion region = TempRegion.create(); ChildProcess server = ServerProcess.builder().region(region)
                .set("SDR_LOG_LEVEL", "off").arguments("demo").launch()) {
            server.awaitLine(Pattern.compile("The demo is running"), Deadlines.START);
            server.terminate();
            assertThat(server.awaitPromisedExit(Deadlines.SHUTDOWN)).isZero();

            assertThat(server.lines()).as("what the demo prints for its user").hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Duser.language=ar -Duser.country=EG", "-Duser.language=th -Duser.country=TH",
        "-Duser.language=fa -Duser.country=IR"})
    void theMachinesLanguageDoesNotChangeALine(String language) {
        try (TempRegion region = TempRegion.create();
                ServerProcess server = ServerProcess.builder().region(region).set("JAVA_TOOL_OPTIONS", language)
                        .set("LC_ALL", "C").start()) {
            server.process().awaitLine(Pattern.compile("No frames can be read"), Deadlines.SOON);
            assertThat(server.http().get("/ready").body()).matches("\\p{ASCII}*");
            assertThat(server.http().get("/metrics").body()).matches("\\p{ASCII}*");
            assertThat(server.stop()).isZero();

            String thisYear = "20" + Year.now().getValue() % 100;
            assertThat(server.process().lines()).filteredOn(line -> !line.startsWith("Picked up JAVA_TOOL_OPTIONS"))
                    .isNotEmpty().allSatisfy(line -> assertThat(line).matches(LINE).matches("\\p{ASCII}*").startsWith(thisYear));
        }
    }

    @Test
    void whoComesAndGoesIsALineEachWithTheAddressTheProxyTells() {
        try (TempRegion region = TempRegion.create();
                ServerProcess server = ServerProcess.builder().region(region).set("SDR_TRUSTED_PROXIES", "127.0.0.1").start()) {
            RegionWriter writer = RegionWriter.open(region.path());
            server.http().awaitAttached();
            try (WsRecorder viewer = WsRecorder.connect(server.stream(), Map.of("X-Forwarded-For", "203.0.113.7"))) {
                server.process().awaitLine(Pattern.compile(" INFO ViewerLog - A viewer at 203\\.0\\.113\\.7 has joined$"), Deadlines.SOON);
                writer.keyframe(1000);
                viewer.awaitVideo(1);
                viewer.socket().sendText("hello", true).join();
                server.process().awaitLine(Pattern.compile(" Ignored a message of 5 bytes from the viewer at 203\\.0\\.113\\.7"),
                        Deadlines.SOON);
            }
            server.process().awaitLine(Pattern.compile(
                    " INFO ViewerLog - A viewer at 203\\.0\\.113\\.7 has left after \\d+\\.\\d s, 1 frames and 1\\d\\d\\d bytes: \\S"),
                    Deadlines.SOON);
            assertThat(server.stop()).isZero();
            assertThat(server.process().lines()).allSatisfy(line -> assertThat(line).matches(LINE));
        }
    }

    @Test
    void aStreamWithoutKeyframesIsToldOfAndWhoIsClosedForIt() {
        try (TempRegion region = TempRegion.create();
                ServerProcess server = ServerProcess.builder().region(region).set("SDR_IDR_TIMEOUT_MS", "500").start();
                WsRecorder viewer = WsRecorder.connect(server)) {
            RegionWriter writer = RegionWriter.open(region.path());
            server.http().awaitAttached();
            Repeat deltas = Repeat.every(Duration.ofMillis(20), () -> writer.delta(1000));
            try {
                assertThat(viewer.awaitClose(Deadlines.SOON)).isEqualTo(4408);
                server.process().awaitLine(Pattern.compile(" WARN ViewerLog - A viewer at 127.0.0.1 has left .*SDR_IDR_TIMEOUT_MS.*4408"),
                        Deadlines.SOON);
                server.process().awaitLine(Pattern.compile(" WARN VideoStream - No keyframe for \\d+ s though frames arrive"),
                        Deadlines.SOON);
            } finally {
                deltas.close();
            }
        }
    }

    @Test
    void aRefusalNamesTheSettingThatDecides() {
        try (TempRegion region = TempRegion.create(); ServerProcess server = ServerProcess.builder().region(region)
                .set("SDR_AUTH_TOKEN", "right").set("SDR_MAX_CLIENTS", "1").start()) {
            WsRecorder.refused(server.stream("?token=wrong"), Map.of());
            server.process().awaitLine(Pattern.compile(" WARN RefusalLog - .*token.*SDR_AUTH_TOKEN"), Deadlines.SOON);
            WsRecorder.refused(server.stream("?token=right"), Map.of("Origin", "https://evil.example"));
            server.process().awaitLine(Pattern.compile(" WARN RefusalLog - .*evil\\.example.*SDR_ALLOWED_ORIGINS"), Deadlines.SOON);
            try (WsRecorder only = WsRecorder.connect(server.stream("?token=right"), Map.of())) {
                WsRecorder.refused(server.stream("?token=right"), Map.of());
                server.process().awaitLine(Pattern.compile(" WARN RefusalLog - .*places.*SDR_MAX_CLIENTS"), Deadlines.SOON);
                assertThat(only.closeCode()).isEmpty();
            }
        }
    }

    /** Many times a minute both go and come. */
    @Test
    void aWriterAndARegionThatComeAndGoDoNotFillTheLog() {
        try (TempRegion region = TempRegion.create();
                ServerProcess server = ServerProcess.builder().region(region).start();
                WsRecorder viewer = WsRecorder.connect(server)) {
            for (int i = 0; i < FLAPS; i++) {
                long attaches = (long) server.http().metrics().sum("sdr_attaches_total");
                RegionWriter writer = RegionWriter.open(region.path());
                Await.until("attached", Deadlines.SOON, () -> server.http().metrics().sum("sdr_attaches_total") > attaches);
                writer.keyframe(1000);
                assertThat(region.path().toFile().delete()).isTrue();
                Await.until("missed", Deadlines.SOON, () -> server.http().json("/ready").get("why").toString().startsWith("there is no"));
            }
            assertThat(viewer.closeCode()).isEmpty();
            assertThat(server.process().lines()).filteredOn(line -> line.contains(" VideoStream - "))
                    .as("of " + 3 * FLAPS + " changes").hasSizeLessThan(2 * FLAPS);
        }
    }
}

package io.sdros.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Browser;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.HttpProbe;
import io.sdros.it.support.LegacyPage;
import io.sdros.it.support.NatsClient;
import io.sdros.it.support.NatsProcess;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.PythonWriter;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.TestClip;
import io.sdros.it.support.Tool;
import io.sdros.it.support.WsRecorder;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What docs/migrating-from-sdr-os.md says, tried out. */
final class MigrationIT {

    private static final Pattern ENVIRONMENT = Pattern.compile("```sh\\R(.*?)```", Pattern.DOTALL);
    private static final Pattern HEALTH_TEST = Pattern.compile("\"CMD\", (.*)]");
    private static final Pattern IMAGE_TEST = Pattern.compile("HEALTHCHECK [^\\[]*\\[(.*)]");
    private static final Pattern SETTING = Pattern.compile("SDR_[A-Z]+(?:_[A-Z]+)+");
    private static final Pattern FIELDS = Pattern.compile("## /health\\R\\R(.*?) are there under", Pattern.DOTALL);
    private static final Pattern QUOTED = Pattern.compile("`(\\w+)`");

    private final OpenResources opened = new OpenResources();

    @AfterEach
    void closeEverything() {
        opened.close();
    }

    private static String document() {
        return read("docs/migrating-from-sdr-os.md");
    }

    private static String read(String file) {
        try {
            return Files.readString(Tool.repositoryFile(file));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String found(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        assertThat(matcher.find()).as(pattern.pattern()).isTrue();
        return matcher.group(1);
    }

    private static List<String> allFound(Pattern pattern, int group, String text) {
        List<String> found = new ArrayList<>();
        for (Matcher matcher = pattern.matcher(text); matcher.find(); ) {
            found.add(matcher.group(group));
        }
        return found;
    }

    private static Map<String, String> documentedEnvironment() {
        Map<String, String> environment = new LinkedHashMap<>();
        found(ENVIRONMENT, document()).lines().map(line -> line.split("=", 2))
                .forEach(setting -> environment.put(setting[0], setting[1]));
        return environment;
    }

    @Test
    void everySettingItNamesIsOne() {
        String help = ServerProcess.builder().arguments("--help").run(Deadlines.START).output();

        assertThat(allFound(SETTING, 0, document())).isNotEmpty().allSatisfy(name -> assertThat(help).containsPattern(name + "\\b"));
    }

    @Test
    void theDocumentedEnvironmentDoesWhatIsSaidOfIt() {
        TempRegion region = opened.add(TempRegion.create());
        NatsProcess nats = opened.add(NatsProcess.start());
        ServerProcess server = opened.add(ServerProcess.builder().region(region).set(documentedEnvironment())
                .set("SDR_NATS_URL", nats.url()).set("SDR_TELEMETRY_SUBJECTS", "telemetry.>,command.*.ack").start());
        server.http().awaitNats("connected");
        assertThat(server.process().output()).doesNotContain("is no setting");
        RegionWriter writer = RegionWriter.open(region.path());
        server.http().awaitAttached();

        try (NatsClient code = NatsClient.connect(nats); NatsClient design = NatsClient.connect(nats);
                WsRecorder early = WsRecorder.connect(server.stream(), Map.of("Origin", "http://robot:3000"))) {
            code.subscribe("command.genesis.force_idr");
            design.subscribe("control.request_idr");
            writer.keyframe(3_000);
            early.awaitVideo(1);
            writer.delta(1_000);
            early.awaitVideo(2);
            code.publish("command.genesis.ack", "old");
            code.publish("telemetry.safety.gate", "old");
            code.publish("telemetry.state", "kept");
            early.awaitTelemetry("command.genesis.ack");
            early.awaitTelemetry("telemetry.safety.gate");
            early.awaitTelemetry("telemetry.state");

            try (WsRecorder late = WsRecorder.connect(server.stream(), Map.of("Origin", "http://robot"))) {
                Await.until("both are asked for a keyframe", Deadlines.SOON,
                        () -> !code.messages().isEmpty() && !design.messages().isEmpty());
                late.awaitTelemetry("telemetry.state");
                assertThat(late.telemetry()).hasSize(1);
                assertThat(late.video()).as("nothing is replayed").isEmpty();
                writer.keyframe(2_000);
                assertThat(late.awaitVideo(1)).hasSize(1);
            }
            assertHealth(server.http());
        }
        assertThat(WsRecorder.refused(server.stream(), Map.of("Origin", "http://robot:3001")).statusCode()).isEqualTo(403);
    }

    private static void assertHealth(HttpProbe http) {
        List<String> fields = allFound(QUOTED, 1, found(FIELDS, document()));
        assertThat(fields).hasSize(8);
        Map<String, Object> health = http.json("/health");
        assertThat(health).containsKeys(fields.toArray(String[]::new));
        assertThat(((Number) health.get("frames_broadcast")).intValue()).isEqualTo(3);
        assertThat(((Number) health.get("avg_frame_size_bytes")).intValue()).isEqualTo(2_000);
        assertThat(((Number) health.get("client_lag_total")).intValue()).isZero();
    }

    @Test
    void itsPagesAreRefusedUntilTheirOriginsAreNamed() {
        ServerProcess server = opened.add(ServerProcess.builder().start());
        for (String origin : List.of("http://robot:3000", "http://robot")) {
            assertThat(WsRecorder.refused(server.stream(), Map.of("Origin", origin)).statusCode()).as(origin).isEqualTo(403);
        }
    }

    @Test
    void theHealthCheckIsTheImagesOwn() {
        String dockerfile = read("Dockerfile");

        assertThat(found(HEALTH_TEST, document())).isEqualTo(found(IMAGE_TEST, dockerfile));
        assertThat(dockerfile).doesNotContain("wget");
    }

    @Test
    void bothNamesOfTheGatingSettingAreNamedIfTheyDiffer() {
        ServerProcess.Ended ended = ServerProcess.builder().set("SDR_SHM_KEYFRAME_GATING", "false")
                .set("SDR_KEYFRAME_GATING", "true").run(Deadlines.START);

        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.output()).contains("SDR_SHM_KEYFRAME_GATING=\"false\"", "SDR_KEYFRAME_GATING=\"true\"");
    }

    @Test
    void withoutAReplayADecoderThatDropsDeltasShowsAWholePicture() {
        TempRegion region = opened.add(TempRegion.create());
        LegacyPage page = opened.add(LegacyPage.serve());
        Map<String, String> environment = documentedEnvironment();
        environment.merge("SDR_ALLOWED_ORIGINS", page.origin(), (documented, origin) -> documented + "," + origin);
        ServerProcess server = opened.add(ServerProcess.builder().region(region).set(environment).start());
        opened.add(PythonWriter.start(TestClip.seconds(4), region, "--loop"));
        server.http().awaitAttached();
        Browser browser = opened.add(Browser.start());

        browser.open(page.address(server, 0));
        Await.until("two seconds of video: " + browser.console(), Deadlines.SOON,
                () -> LegacyPage.count(browser, "shown") >= 2 * TestClip.FRAMES_PER_SECOND);

        assertThat(LegacyPage.count(browser, "burst")).as("frames that came with the first").isLessThanOrEqualTo(LegacyPage.QUEUE_LIMIT);
        assertThat(LegacyPage.stats(browser).containsKey("failure")).as("a failed decoder").isFalse();
    }
}

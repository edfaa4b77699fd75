package io.sdros.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.server.rate.RatePolicy;
import io.sdros.transport.undertow.HostPolicy;
import io.sdros.transport.undertow.OriginPolicy;
import io.sdros.transport.undertow.TrustedProxies;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsParserTest {

    private final SettingsParser parser = new SettingsParser(InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z")));

    @Test
    void anEmptyEnvironmentGivesTheDefaults() {
        Settings settings = parser.parse(Map.of()).settings().orElseThrow();

        assertThat(settings).isEqualTo(new Settings(
            List.of(new StreamSettings("default", false, "default", false, Path.of("/dev/shm/sdr_os_ipc/frames"), 4_194_304, 64, true,
                Duration.ofMillis(500),
                Duration.ofSeconds(5), List.of("control.request_idr"), List.of("telemetry.>"),
                new RateSettings(List.of("control.video_rate"), RatePolicy.CONTROL), true, ParameterSetsSetting.INSERT, false,
                PollModeSetting.CADENCE, Duration.ofMillis(500), 8_388_608,
                Runtime.getRuntime().maxMemory() / 4, Duration.ofSeconds(5), Optional.of(Duration.ofSeconds(30)))),
            Optional.empty(),
            new RelaySettings(settings.relay().natsUrl(), Optional.empty(), Optional.empty(), "sdr.v1", Duration.ofSeconds(10),
                Duration.ofMillis(300), 32),
            settings.natsUrl(), new InetSocketAddress("0.0.0.0", 8080), 65_536, 262_144,
            Duration.ofSeconds(10), Duration.ofMillis(250), 1024, 0, Optional.empty(), OriginPolicy.sameOrigin(), HostPolicy.own(),
            new FrameAncestors("'none'"), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), 256, List.of("command.>"),
            Runtime.getRuntime().availableProcessors(), LogLevel.INFO, Optional.empty()));
        assertThat(settings.natsUrl().orElseThrow().reveal()).isEqualTo("nats://nats:4222");
    }

    @Test
    void everySettingReachesItsField() {
        Settings settings = parser.parse(Map.ofEntries(
            Map.entry("SDR_SHM_PATH", "/x/y"), Map.entry("SDR_SHM_SIZE", "1001"), Map.entry("SDR_NATS_URL", "none"),
            Map.entry("SDR_LISTEN_ADDR", "127.0.0.1:1002"), Map.entry("SDR_BROADCAST_CAPACITY", "1003"),
            Map.entry("SDR_CRC_ENABLED", "false"),
            Map.entry("SDR_IDR_COALESCE_MS", "1004"), Map.entry("SDR_IDR_TIMEOUT_MS", "1005"), Map.entry("SDR_TELEMETRY_SUBJECTS", "a,b.>"),
            Map.entry("SDR_TELEMETRY_MAX_SIZE", "1006"), Map.entry("SDR_KEYFRAME_GATING", "no"), Map.entry("SDR_PARAMETER_SETS", "Pass"),
            Map.entry("SDR_LOW_DELAY_SPS", "on"),
            Map.entry("SDR_POLL_MODE", "Adaptive"),
            Map.entry("SDR_MAX_LATENCY_MS", "1007"), Map.entry("SDR_GOP_CACHE_BYTES", "1008"),
            Map.entry("SDR_QUEUE_BYTES", "1048577"), Map.entry("SDR_SOCKET_SEND_BUFFER", "1024"),
            Map.entry("SDR_STALL_TIMEOUT_MS", "1009"), Map.entry("SDR_WINDOW_MS", "1016"), Map.entry("SDR_MAX_CLIENTS", "1010"),
            Map.entry("SDR_MAX_CLIENTS_PER_ADDRESS", "1014"), Map.entry("SDR_TRUSTED_PROXIES", "10.0.0.0/8,::1"), Map.entry("SDR_ALLOWED_ORIGINS", "https://a"), Map.entry("SDR_ALLOWED_HOSTS", "B.c"),
            Map.entry("SDR_EMBED_ANCESTORS", "Same-Origin, https://C:8443,same-origin"),
            Map.entry("SDR_IDR_SUBJECT", "c.d, e.f"), Map.entry("SDR_RATE_SUBJECT", "r.a,r.b"),
            Map.entry("SDR_RATE_POLICY", "Slowest"), Map.entry("SDR_TELEMETRY_CACHE_EXCLUDE", "g.>,h"),
            Map.entry("SDR_TELEMETRY_CACHE_SUBJECTS", "1011"), Map.entry("SDR_READY_MAX_AGE_MS", "1012"),
            Map.entry("SDR_IDLE_READ_MS", "1015"), Map.entry("SDR_IO_THREADS", "1013"),
            Map.entry("SDR_RELAY_NATS_URL", "relay:4300"), Map.entry("SDR_RELAY_PREFIX", "r.s"), Map.entry("SDR_RELAY_LINGER_MS", "1017"),
            Map.entry("SDR_RELAY_MAX_LAG_MS", "1018"), Map.entry("SDR_RELAY_MAX_STREAMS", "1019"),
            Map.entry("SDR_RELAY_PUBLISH", "default"), Map.entry("SDR_RELAY_PRIORITY", "7"),
            Map.entry("SDR_RELAY_WINDOW_MS", "1020"), Map.entry("SDR_RELAY_CHUNK_BYTES", "4097"),
            Map.entry("SDR_LOG_LEVEL", "DEBUG"))).settings().orElseThrow();

        assertThat(settings).isEqualTo(new Settings(
            List.of(new StreamSettings("default", false, "default", false, Path.of("/x/y"), 1001, 1003, false,
                Duration.ofMillis(1004), Duration.ofMillis(1005),
                List.of("c.d", "e.f"), List.of("a", "b.>"), new RateSettings(List.of("r.a", "r.b"), RatePolicy.SLOWEST),
                false, ParameterSetsSetting.PASS, true,
                PollModeSetting.ADAPTIVE, Duration.ofMillis(1007), 1008, 1_048_577, Duration.ofMillis(1012),
                Optional.of(Duration.ofMillis(1015)))),
            Optional.empty(),
            new RelaySettings(settings.relay().natsUrl(), Optional.empty(), Optional.empty(), "r.s", Duration.ofMillis(1017),
                Duration.ofMillis(1018), 1019),
            Optional.empty(), new InetSocketAddress("127.0.0.1", 1002), 1006, 1024,
            Duration.ofMillis(1009), Duration.ofMillis(1016), 1010, 1014,
            Optional.of(TrustedProxies.parse("10.0.0.0/8,::1")), OriginPolicy.parse("https://a"),
            HostPolicy.parse("own,b.c"), new FrameAncestors("'self' https://c:8443"), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), 1011, List.of("g.>", "h"),
            1013, LogLevel.DEBUG, Optional.of(new PublishSettings(List.of("default"), 7, Duration.ofMillis(1020), 4097))));
        assertThat(settings.relay().natsUrl().orElseThrow().reveal()).isEqualTo("relay:4300");
    }

    @Test
    void problemsAreListedInTheOrderOfTheTable() {
        SettingsOutcome outcome = parser.parse(Map.of("SDR_READY_MAX_AGE_MS", "x", "SDR_MAX_CLIENTS", "y", "SDR_SHM_SIZE", "z"));

        assertThat(outcome.problems()).extracting(SettingProblem::variable)
            .containsExactly("SDR_SHM_SIZE", "SDR_MAX_CLIENTS", "SDR_READY_MAX_AGE_MS");
    }

    @Test
    void emptyAndBlankAreUnset() {
        Map<String, String> blank = new HashMap<>();
        new SettingDefinitions().all().forEach(setting -> blank.put(setting.variable(), blank.size() % 2 == 0 ? "" : " \t"));

        SettingsOutcome outcome = parser.parse(blank);

        assertThat(outcome.problems()).isEmpty();
        assertThat(outcome.effective()).isEqualTo(parser.parse(Map.of()).effective());
    }

    @Test
    void blanksAroundAValueAreIgnored() {
        Settings settings = parser.parse(Map.of("SDR_SHM_SIZE", " 100\n", "SDR_CRC_ENABLED", "\tfalse ",
                "SDR_AUTH_TOKEN", " abc ")).settings().orElseThrow();

        assertThat(settings.mainStream().shmSizeBytes()).isEqualTo(100);
        assertThat(settings.mainStream().crcEnabled()).isFalse();
        assertThat(settings.authToken().orElseThrow().reveal()).isEqualTo("abc");
    }

    @ParameterizedTest
    @CsvSource({
        "SDR_SHM_SIZE, 48, 2147483647, 47, 2147483648",
        "SDR_RELAY_PRIORITY, -1000, 1000, -1001, 1001",
        "SDR_RELAY_WINDOW_MS, 1, 3600000, 0, 3600001",
        "SDR_RELAY_CHUNK_BYTES, 4096, 67108864, 4095, 67108865",
        "SDR_BROADCAST_CAPACITY, 1, 65536, 0, 65537",
        "SDR_IDR_COALESCE_MS, 1, 3600000, 0, 3600001",
        "SDR_IDR_TIMEOUT_MS, 1, 3600000, 0, 3600001",
        "SDR_TELEMETRY_MAX_SIZE, 1, 67108864, 0, 67108865",
        "SDR_MAX_LATENCY_MS, 0, 3600000, -1, 3600001",
        "SDR_GOP_CACHE_BYTES, 0, 2147483647, -1, 2147483648",
        "SDR_QUEUE_BYTES, 1048576, 1099511627776, 1048575, 1099511627777",
        "SDR_SOCKET_SEND_BUFFER, 1024, 16777216, 1023, 16777217",
        "SDR_SOCKET_SEND_BUFFER, 0, 65536, -1, 1",
        "SDR_STALL_TIMEOUT_MS, 1, 3600000, 0, 3600001",
        "SDR_WINDOW_MS, 1, 10000, 0, 10001",
        "SDR_MAX_CLIENTS, 0, 1048576, -1, 1048577",
        "SDR_TELEMETRY_CACHE_SUBJECTS, 0, 65536, -1, 65537",
        "SDR_READY_MAX_AGE_MS, 1, 3600000, 0, 3600001",
        "SDR_IDLE_READ_MS, -1, 3600000, -2, 3600001",
        "SDR_IO_THREADS, 1, 1024, 0, 1025"})
    void numbersHaveBounds(String variable, String least, String most, String below, String above) {
        assertThat(parser.parse(Map.of(variable, least)).problems()).isEmpty();
        assertThat(parser.parse(Map.of(variable, most)).problems()).isEmpty();
        for (String wrong : new String[] {below, above, "abc"}) {
            assertThat(parser.parse(Map.of(variable, wrong)).problems()).singleElement()
                .satisfies(problem -> assertThat(problem.line()).startsWith(variable + "=\"" + wrong + "\": expected ")
                        .contains("a whole number of "));
        }
    }

    @Test
    void aProblemIsALineWithNameValueAndWhatIsAccepted() {
        assertThat(lines(Map.of("SDR_SHM_SIZE", "abc"))).containsExactly("SDR_SHM_SIZE=\"abc\": expected a whole number of bytes from 48 to 2147483647");
        assertThat(lines(Map.of("SDR_POLL_MODE", "fast"))).containsExactly("SDR_POLL_MODE=\"fast\": expected one of cadence, adaptive");
        assertThat(lines(Map.of("SDR_LISTEN_ADDR", "::1:80"))).singleElement().asString().startsWith("SDR_LISTEN_ADDR=\"::1:80\": expected host:port")
            .endsWith("(an IPv6 address stands in brackets)");
        assertThat(lines(Map.of("SDR_LOG_LEVEL", "a\nb\u001b[2J"))).singleElement().asString().startsWith("SDR_LOG_LEVEL=\"a\\nb\\u001b[2J\": expected ");
        assertThat(lines(Map.of("SDR_LOG_LEVEL", "x".repeat(1000)))).singleElement().asString().hasSizeLessThan(400);
    }

    @Test
    void everythingThatIsWrongIsReportedAtOnce() {
        Map<String, String> wrong = new HashMap<>();
        new SettingDefinitions().all().forEach(setting -> wrong.put(setting.variable(), "\u0000 wro\nng, "));
        SettingsOutcome outcome = parser.parse(wrong);

        assertThat(outcome.settings()).isEmpty();
        assertThat(outcome.problems()).extracting(SettingProblem::variable).containsExactlyInAnyOrderElementsOf(wrong.keySet());
        assertThat(outcome.problems()).allSatisfy(problem -> assertThat(problem.line()).doesNotContain("\n").contains(": expected "));
    }

    @Test
    void unknownVariablesAreWarnedAbout() {
        SettingsOutcome outcome = parser.parse(Map.of("SDR_SHM_SIZ", "hunter2", "SDR_SOMETHING_ELSE", "hunter2",
                "PATH", "/bin", "sdr_shm_size", "1", "SDR_", ""));

        assertThat(outcome.settings()).isPresent();
        assertThat(outcome.warnings()).containsExactly(
            "SDR_ is no setting of this server",
            "SDR_SHM_SIZ is no setting of this server; did you mean SDR_SHM_SIZE?",
            "SDR_SOMETHING_ELSE is no setting of this server");
    }

    @Test
    void aSettingMayBeSetByItsOtherName() {
        SettingsOutcome outcome = parser.parse(Map.of("SDR_SHM_KEYFRAME_GATING", "false"));

        assertThat(outcome.settings().orElseThrow().mainStream().keyframeGating()).isFalse();
        assertThat(outcome.warnings()).isEmpty();
        assertThat(outcome.effective()).contains("SDR_KEYFRAME_GATING=false (set as SDR_SHM_KEYFRAME_GATING)");
        assertThat(lines(Map.of("SDR_SHM_KEYFRAME_GATING", "perhaps"))).singleElement().asString()
            .startsWith("SDR_SHM_KEYFRAME_GATING=\"perhaps\": expected true or false");
        assertThat(parser.parse(Map.of("SDR_SHM_KEYFRAME_GATIN", "false")).warnings()).singleElement().asString()
            .contains("did you mean SDR_SHM_KEYFRAME_GATING?");
    }

    @Test
    void bothNamesOfASettingMustMeanTheSame() {
        assertThat(parser.parse(Map.of("SDR_SHM_KEYFRAME_GATING", "no", "SDR_KEYFRAME_GATING", "false")).settings()
                .orElseThrow().mainStream().keyframeGating()).isFalse();
        assertThat(lines(Map.of("SDR_SHM_KEYFRAME_GATING", "false", "SDR_KEYFRAME_GATING", "true"))).singleElement().asString()
            .startsWith("SDR_KEYFRAME_GATING=\"true\": expected ").contains("SDR_SHM_KEYFRAME_GATING=\"false\" is another name of it");
        assertThat(lines(Map.of("SDR_SHM_KEYFRAME_GATING", "perhaps", "SDR_KEYFRAME_GATING", "true"))).singleElement().asString()
            .contains("SDR_SHM_KEYFRAME_GATING=\"perhaps\"");
        assertThat(lines(Map.of("SDR_SHM_KEYFRAME_GATING", "", "SDR_KEYFRAME_GATING", "true"))).isEmpty();
    }

    @Test
    void effectiveSettingsAreListedInOrder() {
        List<String> effective = parser.parse(Map.of("SDR_SHM_SIZE", " 1000 ", "SDR_NATS_URL", "nats://u:hunter2@h",
                "SDR_AUTH_TOKEN", "hunter2",
            "SDR_SHM_PATH", "/a\nb")).effective();

        assertThat(effective).hasSize(new SettingDefinitions().all().size());
        assertThat(effective).startsWith("SDR_SHM_PATH=/a\\nb", "SDR_SHM_SIZE=1000", "SDR_NATS_URL=nats://***@h",
                "SDR_LISTEN_ADDR=0.0.0.0:8080 (default)");
        assertThat(effective).contains("SDR_AUTH_TOKEN=***", "SDR_AUTH_TOKEN_FILE=none (default)",
            "SDR_IO_THREADS=" + Runtime.getRuntime().availableProcessors() + " (default)");
    }

    private List<String> lines(Map<String, String> environment) {
        return parser.parse(environment).problems().stream().map(SettingProblem::line).toList();
    }
}

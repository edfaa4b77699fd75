package io.sdros.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Deadlines;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line and the environment. */
final class SettingsIT {

    private static final List<String> VARIABLES = List.of("SDR_SHM_PATH", "SDR_SHM_SIZE", "SDR_NATS_URL",
            "SDR_LISTEN_ADDR", "SDR_BROADCAST_CAPACITY", "SDR_CRC_ENABLED", "SDR_IDR_COALESCE_MS",
            "SDR_IDR_TIMEOUT_MS", "SDR_TELEMETRY_SUBJECTS", "SDR_TELEMETRY_MAX_SIZE", "SDR_KEYFRAME_GATING",
            "SDR_PARAMETER_SETS", "SDR_LOW_DELAY_SPS",
            "SDR_POLL_MODE", "SDR_MAX_LATENCY_MS", "SDR_GOP_CACHE_BYTES", "SDR_QUEUE_BYTES", "SDR_SOCKET_SEND_BUFFER",
            "SDR_STALL_TIMEOUT_MS", "SDR_WINDOW_MS", "SDR_MAX_CLIENTS", "SDR_ALLOWED_ORIGINS", "SDR_ALLOWED_HOSTS",
            "SDR_EMBED_ANCESTORS",
            "SDR_AUTH_TOKEN", "SDR_AUTH_TOKEN_FILE", "SDR_TLS_CERT_FILE", "SDR_TLS_KEY_FILE", "SDR_IDR_SUBJECT",
            "SDR_RATE_SUBJECT", "SDR_RATE_POLICY",
            "SDR_NATS_CREDS_FILE", "SDR_NATS_CA_FILE", "SDR_TELEMETRY_CACHE_SUBJECTS", "SDR_TELEMETRY_CACHE_EXCLUDE",
            "SDR_READY_MAX_AGE_MS", "SDR_IDLE_READ_MS",
            "SDR_IO_THREADS", "SDR_LOG_LEVEL");

    /** Wrong values, and words that must be among what is accepted. */
    private static final Map<String, List<String>> WRONG = Map.of(
            "SDR_SHM_SIZE", List.of("4MB"),
            "SDR_BROADCAST_CAPACITY", List.of("-3"),
            "SDR_CRC_ENABLED", List.of("maybe", "true", "false"),
            "SDR_PARAMETER_SETS", List.of("never", "insert", "pass"),
            "SDR_POLL_MODE", List.of("furious", "cadence", "adaptive"),
            "SDR_RATE_POLICY", List.of("fair", "control", "percentile", "slowest", "off"),
            "SDR_LISTEN_ADDR", List.of("somewhere"),
            "SDR_MAX_LATENCY_MS", List.of("1.5x"));

    private static ServerProcess.Builder withWrongSettings(String... arguments) {
        ServerProcess.Builder builder = ServerProcess.builder().arguments(arguments);
        WRONG.forEach((variable, words) -> builder.set(variable, words.get(0)));
        return builder;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "check-config"})
    void everyWrongVariableGetsOneLineAndTheExitCodeIs2(String command) {
        ServerProcess.Ended ended = withWrongSettings(command.isEmpty() ? new String[0] : new String[] {command})
                .run(Deadlines.START);

        assertThat(ended.exitCode()).as(ended.output()).isEqualTo(2);
        WRONG.forEach((variable, words) -> {
            List<String> lines = ended.linesNaming(variable);
            assertThat(lines).as(variable + " in\n" + ended.output()).hasSize(1);
            assertThat(lines.get(0)).contains(words);
            assertThat(lines.get(0).replace(variable, "").replace(words.get(0), ""))
                    .as("says what is accepted").hasSizeGreaterThan(10);
        });
        assertThat(ended.linesNaming("SDR_")).as("nothing about the others").hasSize(WRONG.size());
        assertThat(ended.output()).doesNotContain("\tat ").doesNotContain("Exception");
    }

    @Test
    void checkConfigAcceptsWhatServeWouldTake() {
        ServerProcess.Ended ended = ServerProcess.builder().arguments("check-config").run(Deadlines.START);

        assertThat(ended.exitCode()).as(ended.output()).isZero();
    }

    @Test
    void secretsAreMaskedAndTheOtherSettingsShown() {
        ServerProcess.Ended ended = ServerProcess.builder().arguments("check-config")
                .set("SDR_AUTH_TOKEN", "hush-token-1").set("SDR_NATS_URL", "nats://user:hush-pass-2@localhost:4222")
                .set("SDR_MAX_CLIENTS", "77").run(Deadlines.START);

        assertThat(ended.exitCode()).as(ended.output()).isZero();
        assertThat(ended.output()).contains("SDR_MAX_CLIENTS").contains("77");
        assertThat(ended.output()).doesNotContain("hush-token-1").doesNotContain("hush-pass-2");
    }

    @Test
    void anUnknownVariableIsWarnedAboutWithTheNearestName() {
        ServerProcess.Ended ended = ServerProcess.builder().arguments("check-config")
                .set("SDR_MAX_CLIENT", "5").run(Deadlines.START);

        assertThat(ended.exitCode()).as(ended.output()).isZero();
        assertThat(ended.lines()).as(ended.output()).filteredOn(line -> line.matches(".*\\bSDR_MAX_CLIENT\\b.*"))
                .singleElement().asString().contains("SDR_MAX_CLIENTS");
    }

    @Test
    void versionIsOneLine() {
        ServerProcess.Ended ended = ServerProcess.builder().arguments("--version").run(Deadlines.START);

        assertThat(ended.exitCode()).isZero();
        assertThat(ended.lines()).singleElement().asString().containsPattern("\\d+\\.\\d+\\.\\d+");
    }

    @Test
    void helpNamesEveryCommandAndVariable() {
        ServerProcess.Ended ended = ServerProcess.builder().arguments("--help").run(Deadlines.START);

        assertThat(ended.exitCode()).isZero();
        assertThat(ended.output()).contains(VARIABLES).contains("demo", "check-config", "--version");
    }

    @Test
    void anUnknownCommandIsRefused() {
        ServerProcess.Ended ended = ServerProcess.builder().arguments("sevre").run(Deadlines.START);

        assertThat(ended.exitCode()).as(ended.output()).isNotZero();
        assertThat(ended.output()).contains("sevre").doesNotContain("\tat ");
    }

    @Test
    void aPortInUseEndsTheStartWithAClearLine() {
        try (TempRegion region = TempRegion.create();
                ServerProcess first = ServerProcess.builder().region(region).start()) {
            String address = "127.0.0.1:" + first.port();
            ServerProcess.Ended second = ServerProcess.builder().region(region)
                    .set("SDR_LISTEN_ADDR", address).run(Deadlines.START);

            assertThat(second.exitCode()).as(second.output()).isNotZero();
            assertThat(second.lines()).as(second.output())
                    .anyMatch(line -> line.startsWith("Cannot listen on " + address + ": ") && line.contains("SDR_LISTEN_ADDR"));
            assertThat(second.output()).doesNotContain("\tat ");
        }
    }
}

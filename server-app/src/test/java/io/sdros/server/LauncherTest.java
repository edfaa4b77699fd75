package io.sdros.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LauncherTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void reportsEveryWrongSettingOnALineOfItsOwn() {
        int exitCode = run(Map.of("SDR_SHM_SIZE", "big", "SDR_POLL_MODE", "often"), "serve");

        assertThat(exitCode).isEqualTo(2);
        assertThat(text(err).lines()).hasSize(2)
                .anyMatch(line -> line.startsWith("SDR_SHM_SIZE=\"big\": expected "))
                .anyMatch(line -> line.startsWith("SDR_POLL_MODE=\"often\": expected "));
    }

    @Test
    void checksSettingsWithoutStartingAnything() {
        assertThat(run(Map.of("SDR_AUTH_TOKEN", "s3cret"), "check-config")).isZero();

        assertThat(text(out)).contains("SDR_AUTH_TOKEN=***").doesNotContain("s3cret");
    }

    @Test
    void helpsWhateverTheSettings() {
        assertThat(run(Map.of("SDR_SHM_SIZE", "big"), "--help")).isZero();

        assertThat(text(out)).contains("check-config", "SDR_LISTEN_ADDR");
    }

    @Test
    void namesAnUnknownCommandAndTheKnownOnes() {
        assertThat(run(Map.of(), "dmeo")).isEqualTo(2);

        assertThat(text(err)).contains("\"dmeo\"", "demo");
    }

    private int run(Map<String, String> environment, String... arguments) {
        SettingsOutcome outcome = new SettingsParser(Clock.systemUTC()).parse(environment);
        return new Launcher(outcome, print(out), print(err)).run(List.of(arguments));
    }

    private static PrintStream print(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}

package io.sdros.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sdros.server.settings.Settings;
import io.sdros.server.settings.SettingsOutcome;
import io.sdros.server.settings.SettingsParser;
import io.sdros.server.tls.TestIdentity;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    @Test
    void aDemoWithAnEdgeNeedsTheNextPortToo() {
        assertThat(run(Map.of("SDR_LISTEN_ADDR", "127.0.0.1:65535"), "demo", "--edge")).isEqualTo(2);

        assertThat(text(err)).contains("demo --edge: ", "SDR_LISTEN_ADDR says 65535");
    }

    @Test
    void closesWhatWasStartedWhenTheRestCannotBe() {
        AtomicInteger closed = new AtomicInteger();
        Launcher launcher = launcher(Map.of());
        Settings settings = parse(Map.of()).settings().orElseThrow();

        // What a container with a limit of processes says, once the sockets are being served already.
        assertThatThrownBy(() -> launcher.start(settings, () -> {
            throw new OutOfMemoryError("unable to create native thread");
        }, closed::incrementAndGet, false)).isInstanceOf(OutOfMemoryError.class);

        assertThat(closed).hasValue(1);
    }

    @Test
    void aStartThatFailsIsOneLineAndAnExitCode(@TempDir Path folder) throws Exception {
        TestIdentity identity = TestIdentity.create(folder, "cam", "-keyalg", "EC", "-groupname", "secp256r1");
        Launcher launcher = launcher(Map.of("SDR_LISTEN_ADDR", "127.0.0.1:0", "SDR_NATS_URL", "none",
                "SDR_TLS_CERT_FILE", identity.certificateFile().toString(), "SDR_TLS_KEY_FILE", identity.keyFile().toString()));
        Files.delete(identity.keyFile()); // after the settings were read

        assertThat(launcher.run(List.of("serve"))).isEqualTo(1);

        assertThat(text(err).lines()).filteredOn(line -> !line.contains("Launcher - SDR_"))
                .singleElement().asString().startsWith("Cannot start: ").contains("there is no such file");
    }

    private int run(Map<String, String> environment, String... arguments) {
        return launcher(environment).run(List.of(arguments));
    }

    private Launcher launcher(Map<String, String> environment) {
        return new Launcher(parse(environment), print(out), print(err), new OrderlyStop());
    }

    private static SettingsOutcome parse(Map<String, String> environment) {
        return new SettingsParser(Clock.systemUTC()).parse(environment);
    }

    private static PrintStream print(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}

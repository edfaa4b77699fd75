package io.sdros.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.server.tls.TestIdentity;
import io.sdros.server.tls.TlsFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The settings that name files or hold secrets, and the rules between them. */
class SettingsFilesTest {

    private static final String SECRET = "hunter2";

    @TempDir
    private static Path folder;
    private static TestIdentity one;
    private static TestIdentity other;

    private final SettingsParser parser = new SettingsParser(InstantSource.system());

    @BeforeAll
    static void createKeys() throws Exception {
        one = TestIdentity.create(folder, "one", "-keyalg", "EC", "-groupname", "secp256r1", "-validity", "10");
        other = TestIdentity.create(folder, "two", "-keyalg", "EC", "-groupname", "secp256r1", "-validity", "10");
    }

    @Test
    void certificateAndKeyBelongTogether() {
        Settings settings = parser.parse(tls(one.certificateFile(), one.keyFile())).settings().orElseThrow();

        assertThat(settings.tls()).contains(new TlsFiles(one.certificateFile(), one.keyFile()));
        assertThat(problems(tls(one.certificateFile(), other.keyFile()))).singleElement().asString()
            .startsWith("SDR_TLS_KEY_FILE=").endsWith("(the key does not belong to the first certificate in SDR_TLS_CERT_FILE)");
    }

    @Test
    void oneWithoutTheOtherIsAProblem() {
        assertThat(problems(Map.of("SDR_TLS_CERT_FILE", one.certificateFile().toString()))).containsExactly(
            "SDR_TLS_KEY_FILE=\"\": expected a readable PEM file with an unencrypted private key (RSA, EC or Ed25519) (SDR_TLS_CERT_FILE is set; both or none must be)");
        assertThat(problems(Map.of("SDR_TLS_KEY_FILE", one.keyFile().toString()))).singleElement().asString()
            .startsWith("SDR_TLS_CERT_FILE=\"\": expected ").contains("SDR_TLS_KEY_FILE is set");
    }

    @Test
    void swappedFilesAreBothReported() {
        assertThat(problems(tls(one.keyFile(), one.certificateFile()))).satisfiesExactly(
            line -> assertThat(line).startsWith("SDR_TLS_CERT_FILE=").endsWith("(it has no \"BEGIN CERTIFICATE\" block)"),
            line -> assertThat(line).startsWith("SDR_TLS_KEY_FILE=").endsWith("(it has no \"BEGIN … PRIVATE KEY\" block)"));
    }

    @Test
    void certificatesOutOfTheirTimeAreWarnedAbout() {
        InstantSource now = InstantSource.system();
        Map<String, String> tls = tls(one.certificateFile(), one.keyFile());

        assertThat(parser.parse(tls).warnings()).isEmpty();
        assertThat(new SettingsParser(InstantSource.offset(now, Duration.ofDays(11))).parse(tls).warnings()).singleElement().asString()
            .startsWith("SDR_TLS_CERT_FILE: the certificate expired on ");
        assertThat(new SettingsParser(InstantSource.fixed(Instant.EPOCH)).parse(tls).warnings()).singleElement().asString()
            .startsWith("SDR_TLS_CERT_FILE: the certificate is not valid before ");
    }

    @Test
    void theTokenComesFromTheVariableOrTheFile() throws Exception {
        Path file = Files.writeString(folder.resolve("token"), SECRET + "\n");

        assertThat(parser.parse(Map.of("SDR_AUTH_TOKEN", SECRET)).settings().orElseThrow().authToken().orElseThrow()
                .reveal()).isEqualTo(SECRET);
        assertThat(parser.parse(Map.of("SDR_AUTH_TOKEN_FILE", file.toString())).settings().orElseThrow().authToken().orElseThrow().reveal())
            .isEqualTo(SECRET);
        assertThat(problems(Map.of("SDR_AUTH_TOKEN", "x", "SDR_AUTH_TOKEN_FILE", file.toString()))).singleElement().asString()
            .startsWith("SDR_AUTH_TOKEN_FILE=\"" + file + "\"").endsWith("(SDR_AUTH_TOKEN is set too; only one of the two may be)");
        assertThat(problems(Map.of("SDR_AUTH_TOKEN", "x", "SDR_AUTH_TOKEN_FILE", folder.resolve("none").toString()))).hasSize(1);
    }

    @Test
    void natsFilesAreRead() throws Exception {
        Path creds = Files.writeString(folder.resolve("creds"), ReadableFilesTest.NATS_CREDENTIALS);

        Settings settings = parser.parse(Map.of("SDR_NATS_CREDS_FILE", creds.toString(), "SDR_NATS_CA_FILE",
                one.certificateFile().toString()))
            .settings().orElseThrow();

        assertThat(settings.natsCredsFile()).contains(creds);
        assertThat(settings.natsCaFile()).contains(one.certificateFile());
        assertThat(problems(Map.of("SDR_NATS_CREDS_FILE", folder.resolve("none").toString(), "SDR_NATS_CA_FILE",
                creds.toString()))).satisfiesExactly(
            line -> assertThat(line).endsWith("(there is no such file)"),
            line -> assertThat(line).endsWith("(it has no \"BEGIN CERTIFICATE\" block)"));
    }

    @Test
    void secretsAppearNowhere() throws Exception {
        Path good = Files.writeString(folder.resolve("good"), SECRET);
        Path bad = Files.writeString(folder.resolve("bad"), SECRET + " " + SECRET);
        List<Map<String, String>> environments = List.of(
            Map.of("SDR_AUTH_TOKEN", SECRET, "SDR_NATS_URL", "nats://user:" + SECRET + "@host"),
            Map.of("SDR_AUTH_TOKEN", SECRET + " " + SECRET, "SDR_NATS_URL", "nats://" + SECRET + "@host:x"),
            Map.of("SDR_AUTH_TOKEN", SECRET + "ä", "SDR_NATS_URL", "nats://user:" + SECRET + "^@host,nats://u:" + SECRET),
            Map.of("SDR_AUTH_TOKEN_FILE", good.toString(), "SDR_AUTHTOKEN", SECRET),
            Map.of("SDR_AUTH_TOKEN_FILE", bad.toString(), "SDR_NATS_URL", "http://" + SECRET + "," + SECRET + "@host"));
        for (Map<String, String> environment : environments) {
            SettingsOutcome outcome = parser.parse(environment);

            assertThat(outcome.toString()).doesNotContain(SECRET);
            assertThat(outcome.problems()).allSatisfy(problem -> assertThat(problem.line()).doesNotContain(SECRET));
            assertThat(outcome.effective()).allSatisfy(line -> assertThat(line).doesNotContain(SECRET));
            assertThat(outcome.warnings()).allSatisfy(line -> assertThat(line).doesNotContain(SECRET));
        }
    }

    private List<String> problems(Map<String, String> environment) {
        return parser.parse(environment).problems().stream().map(SettingProblem::line).toList();
    }

    private static Map<String, String> tls(Path certificate, Path key) {
        return Map.of("SDR_TLS_CERT_FILE", certificate.toString(), "SDR_TLS_KEY_FILE", key.toString());
    }
}

package io.sdros.it.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.NatsClient;
import io.sdros.it.support.NatsProcess;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.Tool;
import io.sdros.it.support.WorkDirectory;
import io.sdros.it.support.WsRecorder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** NATS servers that want to know who comes, and what the outside gets to see of that. */
final class NatsLoginIT {

    private static final String SECRET = "hush-hush-1";

    private final OpenResources opened = new OpenResources();

    @AfterEach
    void stopEverything() {
        opened.close();
    }

    /** A server's configuration, the settings to log in with, how the test logs in, and what must never be shown. */
    private record Login(String configuration, UnaryOperator<String> urlLogin, String scheme,
            Map<String, String> settings, UnaryOperator<String> clientLogin, List<String> secrets) {

        static Login ofUrl(String configuration, String login, String clientLogin) {
            return new Login(configuration, none -> login, "nats", Map.of(), info -> clientLogin, List.of(SECRET));
        }
    }

    enum Way {
        PASSWORD {
            @Override
            Login prepare() {
                return Login.ofUrl("authorization { user: anna, password: \"" + SECRET + "\" }\n",
                        "anna:" + SECRET + "@", ",\"user\":\"anna\",\"pass\":\"" + SECRET + "\"");
            }
        },
        TOKEN {
            @Override
            Login prepare() {
                return Login.ofUrl("authorization { token: \"" + SECRET + "\" }\n", SECRET + "@",
                        ",\"auth_token\":\"" + SECRET + "\"");
            }
        },
        CREDENTIALS_FILE {
            @Override
            Login prepare() {
                NatsOperator operator = new NatsOperator();
                return new Login(operator.serverConfiguration(), none -> "", "nats",
                        Map.of("SDR_NATS_CREDS_FILE", operator.credentialsFile().toString()), operator.login(),
                        List.of(operator.userSeed(), "BEGIN USER NKEY SEED"));
            }
        },
        TLS_WITH_PASSWORD {
            @Override
            Login prepare() {
                Certificates certificates = Certificates.make();
                // The test itself talks plainly.
                return new Login("authorization { user: anna, password: \"" + SECRET + "\" }\nallow_non_tls: true\n"
                        + certificates.serverConfiguration(), none -> "anna:" + SECRET + "@", "tls",
                        Map.of("SDR_NATS_CA_FILE", certificates.authority().toString()),
                        info -> ",\"user\":\"anna\",\"pass\":\"" + SECRET + "\"", List.of(SECRET));
            }
        };

        abstract Login prepare();
    }

    @ParameterizedTest
    @EnumSource
    void telemetryFlowsAndNoSecretShows(Way way) {
        Login login = way.prepare();
        TempRegion region = opened.add(TempRegion.create());
        NatsProcess nats = opened.add(NatsProcess.start(login.configuration()));
        Map<String, String> settings = new TreeMap<>(login.settings());
        settings.put("SDR_NATS_URL", nats.url(login.scheme(), login.urlLogin().apply("")).toString());
        settings.put("SDR_LOG_LEVEL", "trace");
        ServerProcess server = opened.add(builder(region, settings).start());
        server.http().awaitNats("connected");
        assertThat(nats.connections()).hasSize(1).allSatisfy(connection ->
                assertThat(connection.containsKey("tls_version")).isEqualTo(way == Way.TLS_WITH_PASSWORD));

        try (NatsClient publisher = NatsClient.connect(nats, login.clientLogin());
                WsRecorder client = WsRecorder.connect(server)) {
            server.http().awaitClients(1);
            publisher.publish("telemetry.a", "x");
            client.awaitTelemetry("telemetry.a");
        }
        // Also what is said about a loss and about attempts to connect.
        nats.kill();
        server.http().awaitNats("disconnected");
        String shown = server.process().output() + server.http().get("/health").body()
                + server.http().get("/ready").body() + server.http().get("/metrics").body()
                + builder(region, settings).arguments("check-config").run(Deadlines.START).output();
        assertThat(shown).contains("SDR_NATS_URL").doesNotContain(login.secrets());
    }

    private static ServerProcess.Builder builder(TempRegion region, Map<String, String> settings) {
        return ServerProcess.builder().region(region).set(settings);
    }

    @Test
    void aServerOfAnotherAuthorityIsNotTrusted() {
        Certificates ours = Certificates.make();
        NatsProcess nats = opened.add(NatsProcess.start(ours.serverConfiguration()));
        ServerProcess server = opened.add(builder(opened.add(TempRegion.create()), Map.of(
                "SDR_NATS_URL", nats.url("tls", "").toString(),
                "SDR_NATS_CA_FILE", Certificates.make().authority().toString())).start());
        server.http().awaitNats("disconnected");
        server.process().awaitLine(Pattern.compile("TLS: "), Deadlines.SOON);
        assertThat(server.http().metrics().sum("sdr_nats_connected")).isZero();
    }

    /** A certificate authority and a certificate for 127.0.0.1, by openssl. */
    private record Certificates(Path authority, Path certificate, Path key) {

        static Certificates make() {
            Certificates made = new Certificates(WorkDirectory.newFile("ca", ".pem"),
                    WorkDirectory.newFile("server", ".pem"), WorkDirectory.newFile("server", ".key"));
            Path authorityKey = WorkDirectory.newFile("ca", ".key");
            Path request = WorkDirectory.newFile("server", ".csr");
            openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=test authority", "-keyout", authorityKey.toString(), "-out", made.authority.toString());
            openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=nats",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", made.key.toString(), "-out", request.toString());
            openssl("x509", "-req", "-in", request.toString(), "-CA", made.authority.toString(), "-CAkey",
                    authorityKey.toString(), "-set_serial", "1", "-copy_extensions", "copy", "-days", "2",
                    "-out", made.certificate.toString());
            return made;
        }

        String serverConfiguration() {
            return "tls { cert_file: \"" + certificate.toAbsolutePath() + "\", key_file: \"" + key.toAbsolutePath()
                    + "\" }\n";
        }

        private static void openssl(String... words) {
            ChildProcess.run("openssl", Stream.concat(Stream.of(Tool.command("openssl")), Stream.of(words)).toList(),
                    Deadlines.START);
        }
    }
}

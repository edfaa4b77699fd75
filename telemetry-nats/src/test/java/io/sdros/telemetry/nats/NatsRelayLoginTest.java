package io.sdros.telemetry.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.NKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logging in to servers that ask for it, with and without TLS. */
@Tag("tools")
class NatsRelayLoginTest {

    @TempDir
    Path folder;

    @Test
    void waitsForTheRightPasswordAndNeverShowsIt() {
        try (NatsServer server = NatsServer.running(folder, user("anna", "0ther"));
                CapturedLog log = new CapturedLog();
                NatsRelay relay = NatsRelay.builder("nats://anna:s3c%40ret@" + server.address()).build()) {
            relay.start();
            Eventually.await("refused", () -> relay.status().state() == NatsState.REFUSED);
            // Followed by the server's own words.
            assertThat(relay.state()).startsWith("refused: " + server.url() + ": ");
            // jnats itself would have given up after the second refusal.
            Eventually.await("several attempts", () -> server.totalConnections() > 4);
            // And once more if an attempt took too long meanwhile, which has a line of its own.
            assertThat(log.lines("NATS refused")).isBetween(1L, 1 + log.lines("NATS disconnected"));

            server.restart(user("anna", "s3c@ret"));
            Eventually.await("connected", relay::connected);
            server.restart(user("anna", "0ther"));
            Eventually.await("refused again", () -> relay.status().state() == NatsState.REFUSED);
            assertThat(log.text() + relay.state() + relay.status()).doesNotContain("s3c", "anna");
        }
    }

    @Test
    void logsInWithAwkwardPasswordsAndTokens() {
        connects(user("o'neill \\\\\\\"x", "p:a,s/s\\\\w\\\"rd€"), "nats://o'neill%20%5C%22x:p%3Aa%2Cs%2Fs%5Cw%22rd€@");
        connects("authorization { token: \"t0\\\\k\\\"en\" }\n", "t0%5Ck%22en@");
        connects("authorization { token: \"t0ken\" }\n", "nats://t0ken@");
    }

    @Test
    void logsInWithACredentialsFileThatAppearsLater() throws Exception {
        TestOperator operator = new TestOperator();
        Path file = folder.resolve("user.creds");
        try (NatsServer server = NatsServer.running(folder, operator.serverConfiguration());
                NatsRelay relay = NatsRelay.builder(server.url()).credentialsFile(file).build()) {
            relay.start();
            Eventually.await("missing", () -> relay.state().contains("credentials file: it does not exist"));
            Files.writeString(file, "nothing of use");
            Eventually.await("useless", () -> relay.state().contains("credentials file: ") && !relay.state().contains("not exist"));
            new TestOperator().writeCredentials(file);
            Eventually.await("refused", () -> relay.status().state() == NatsState.REFUSED);
            operator.writeCredentials(file);
            Eventually.await("connected", relay::connected);
        }
    }

    @Test
    void logsInWithABareSeed() throws Exception {
        NKey key = NKey.createUser(null);
        Path file = Files.writeString(folder.resolve("user.nk"), new String(key.getSeed()) + "\n");
        try (NatsServer server = NatsServer.running(folder,
                "authorization { users: [ { nkey: " + new String(key.getPublicKey()) + " } ] }\n");
                NatsRelay relay = NatsRelay.builder(server.url()).credentialsFile(file).build()) {
            relay.start();
            Eventually.await("connected", relay::connected);
        }
    }

    @Test
    void trustsTheAuthorityInTheFileOnly() {
        TestAuthority authority = new TestAuthority(folder, "ours");
        TestAuthority other = new TestAuthority(folder, "other");
        Path file = folder.resolve("ca.pem");
        try (NatsServer server = NatsServer.running(folder, authority.serverConfiguration("DNS:localhost,IP:127.0.0.1"));
                NatsRelay jvm = NatsRelay.builder("tls://localhost:" + server.port()).build();
                NatsRelay relay = NatsRelay.builder("tls://localhost:" + server.port()).caFile(file).build()) {
            jvm.start();
            relay.start();
            Eventually.await("no file", () -> relay.state().contains("CA file: it does not exist"));
            copy(other.certificate(), file);
            Eventually.await("not trusted", () -> relay.state().contains("TLS: "));
            copy(authority.certificate(), file);
            Eventually.await("connected", relay::connected);
            assertThat(relay.state()).isEqualTo("connected: tls://localhost:" + server.port());
            Eventually.await("not trusted", () -> jvm.state().contains("TLS: "));
        }
    }

    @Test
    void refusesACertificateMadeOutForAnotherHost() {
        TestAuthority authority = new TestAuthority(folder, "ours");
        try (NatsServer server = NatsServer.running(folder, authority.serverConfiguration("DNS:localhost"));
                NatsRelay byAddress = secure("tls://127.0.0.1:" + server.port(), authority);
                NatsRelay byName = secure("tls://localhost:" + server.port(), authority)) {
            byAddress.start();
            byName.start();
            Eventually.await("connected by name", byName::connected);
            Eventually.await("refused by address", () -> byAddress.state().contains("TLS: "));
        }
    }

    @Test
    void usesTlsWhereTheServerInsistsAndInsistsWhereAsked() {
        TestAuthority authority = new TestAuthority(folder, "ours");
        String tls = authority.serverConfiguration("DNS:localhost,IP:127.0.0.1");
        try (NatsServer server = NatsServer.running(folder, tls);
                NatsRelay plain = secure(server.url(), authority);
                NatsRelay secure = secure("tls://" + server.address(), authority)) {
            plain.start();
            secure.start();
            Eventually.await("connected", () -> plain.connected() && secure.connected());
            server.restart("");
            Eventually.await("plain again", () -> !secure.connected() && plain.connected());
            Eventually.await("no TLS", () -> secure.status().state() == NatsState.DISCONNECTED);
            server.restart(tls);
            Eventually.await("connected again", () -> plain.connected() && secure.connected());
        }
    }

    @Test
    void logsInOverTls() {
        TestAuthority authority = new TestAuthority(folder, "ours");
        String configuration = authority.serverConfiguration("IP:127.0.0.1") + user("anna", "s3cret");
        try (NatsServer server = NatsServer.running(folder, configuration);
                NatsRelay relay = secure("tls://anna:s3cret@" + server.address(), authority)) {
            relay.start();
            Eventually.await("connected", relay::connected);
        }
    }

    @Test
    void relaysThroughALaterFilterWhatTheServerDeniesToAnEarlierOne() {
        String configuration = "authorization { users: [ { user: anna, password: s3cret, permissions: "
                + "{ subscribe: { allow: [\"telemetry.gps\"] } } }, { user: root, password: root } ] }\n";
        Recorder recorder = new Recorder();
        try (NatsServer server = NatsServer.running(folder, configuration); CapturedLog log = new CapturedLog();
                TestClient producer = new TestClient("nats://root:root@" + server.address());
                NatsRelay relay = NatsRelay.builder("nats://anna:s3cret@" + server.address())
                        .subjects(List.of("telemetry.>", "telemetry.gps")).listener(recorder).build()) {
            relay.start();
            Eventually.await("connected", relay::connected);
            Eventually.await("the denial is logged",
                    () -> log.lines("NATS does not allow to subscribe to telemetry.>") == 1);
            producer.publish("telemetry.imu", new byte[0]);
            producer.publish("telemetry.gps", new byte[0]);
            Eventually.await("what is allowed", () -> recorder.subjects().equals(List.of("telemetry.gps")));
            assertThat(relay.connected()).isTrue();
        }
    }

    private void connects(String configuration, String login) {
        try (NatsServer server = NatsServer.running(folder, configuration);
                NatsRelay relay = NatsRelay.builder(login + server.address()).build()) {
            relay.start();
            Eventually.await("connected with " + login, () -> relay.connected() || relay.status().state() == NatsState.REFUSED);
            assertThat(relay.state()).isEqualTo("connected: " + server.url());
        }
    }

    private static NatsRelay secure(String servers, TestAuthority authority) {
        return NatsRelay.builder(servers).caFile(authority.certificate()).build();
    }

    private static String user(String name, String password) {
        return "authorization { user: \"" + name + "\", password: \"" + password + "\" }\n";
    }

    private static void copy(Path from, Path to) {
        try {
            Files.write(to, Files.readAllBytes(from));
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }
}

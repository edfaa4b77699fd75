package io.sdros.relay.nats.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.NKey;
import io.nats.client.support.JsonSerializable;
import io.nats.client.support.JwtUtils;
import io.sdros.relay.nats.Eventually;
import io.sdros.relay.nats.NatsNode;
import io.sdros.telemetry.nats.NatsState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logging in to servers that ask for it, and knowing them, over TLS. */
@Tag("tools")
class NatsLinkLoginTest {

    private static final int CHUNK_BYTES = 128 * 1024;
    private static final Optional<Path> NONE = Optional.empty();

    @TempDir
    private Path folder;

    private static NatsLink started(String servers, Optional<Path> credentials, Optional<Path> authority) {
        NatsLink link = new NatsLink(servers, credentials, authority, "login-test");
        link.start();
        return link;
    }

    /** Connected is who has got something over it, and that may be as long as messages are. */
    private static void carries(NatsLink link) {
        Eventually.await("connected: " + link.status(), link::connected);
        AtomicReference<byte[]> heard = new AtomicReference<>();
        byte[] sent = new byte[CHUNK_BYTES];
        new Random(1).nextBytes(sent);
        link.subscribe("there.and.back", message -> heard.set(message.payload()));
        assertThat(link.publish("there.and.back", sent.clone())).isTrue();
        Eventually.await("what was sent", () -> heard.get() != null);
        assertThat(heard.get()).isEqualTo(sent);
    }

    private static void connects(String servers, Optional<Path> credentials, Optional<Path> authority) {
        try (NatsLink link = started(servers, credentials, authority)) {
            carries(link);
        }
    }

    /** It says why, and goes on trying. */
    private static void fails(String servers, Optional<Path> credentials, Optional<Path> authority, NatsState state, String... words) {
        try (NatsLink link = started(servers, credentials, authority)) {
            Eventually.await("it fails", () -> link.status().state() == state);
            assertThat(link.status().toString()).contains(words);
            assertThat(link.connected()).isFalse();
            assertThat(link.publish("there.and.back", new byte[1])).isFalse();
        }
    }

    private static String at(NatsNode node, String before) {
        return node.url().replace("nats://", before);
    }

    @Test
    void onlyAServerThatTheAuthorityKnowsIsTalkedTo() {
        TestAuthority ours = new TestAuthority(folder, "ours");
        TestAuthority other = new TestAuthority(folder, "other");
        try (NatsNode node = NatsNode.running(folder, ours.server("DNS:localhost,IP:127.0.0.1"))) {
            connects(at(node, "tls://"), NONE, Optional.of(ours.certificate()));
            connects(node.url(), NONE, Optional.of(ours.certificate()));
            fails(at(node, "tls://"), NONE, Optional.of(other.certificate()), NatsState.DISCONNECTED, "tls://127.0.0.1", "TLS: ");
            fails(at(node, "tls://"), NONE, NONE, NatsState.DISCONNECTED, "TLS: ");
            fails(at(node, "tls://"), NONE, Optional.of(folder.resolve("missing.pem")), NatsState.DISCONNECTED,
                    "CA file: it does not exist");
        }
    }

    @Test
    void aCertificateForAnotherHostOrOfYesterdayIsRefused() {
        TestAuthority ours = new TestAuthority(folder, "ours");
        Optional<Path> authority = Optional.of(ours.certificate());
        try (NatsNode node = NatsNode.running(folder, ours.server("DNS:localhost"))) {
            connects(at(node, "tls://").replace("127.0.0.1", "localhost"), NONE, authority);
            fails(at(node, "tls://"), NONE, authority, NatsState.DISCONNECTED, "TLS: ", "127.0.0.1");
        }
        try (NatsNode node = NatsNode.running(folder, ours.expiredServer("IP:127.0.0.1"))) {
            fails(at(node, "tls://"), NONE, authority, NatsState.DISCONNECTED, "TLS: ", "validity check failed");
        }
    }

    @Test
    void aServerThatDoesNotOfferTlsIsNotTalkedToWhereItIsAskedFor() {
        TestAuthority ours = new TestAuthority(folder, "ours");
        try (NatsNode node = NatsNode.running(folder, "")) {
            fails(at(node, "tls://"), NONE, Optional.of(ours.certificate()), NatsState.DISCONNECTED, "SSL connection wanted by client");
        }
    }

    @Test
    void logsInByUserAndByTokenAndShowsNeither() {
        TestAuthority ours = new TestAuthority(folder, "ours");
        Optional<Path> authority = Optional.of(ours.certificate());
        PrintStream before = System.err;
        ByteArrayOutputStream logged = new ByteArrayOutputStream();
        System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
        try {
            try (NatsNode node = NatsNode.running(folder, ours.server("IP:127.0.0.1")
                    + "authorization { user: anna, password: \"s3c@ret\" }\n")) {
                connects(at(node, "tls://anna:s3c%40ret@"), NONE, authority);
                fails(at(node, "tls://anna:0ther@"), NONE, authority, NatsState.REFUSED, "refused: tls://127.0.0.1", "uthorization");
            }
            try (NatsNode node = NatsNode.running(folder, "authorization { token: t0ken }\n")) {
                connects(at(node, "nats://t0ken@"), NONE, NONE);
                fails(at(node, "nats://0ther@"), NONE, NONE, NatsState.REFUSED, "uthorization");
                fails(node.url(), NONE, NONE, NatsState.REFUSED, "uthorization");
            }
        } finally {
            System.setErr(before);
        }
        assertThat(logged.toString(StandardCharsets.UTF_8)).contains("Relay: NATS refused").doesNotContain("s3c", "anna", "t0ken", "0ther");
    }

    @Test
    void logsInByABareSeed() throws Exception {
        NKey key = NKey.createUser(null);
        Path seed = Files.writeString(folder.resolve("user.nk"), new String(key.getSeed()) + "\n");
        Path other = Files.writeString(folder.resolve("other.nk"), new String(NKey.createUser(null).getSeed()) + "\n");
        try (NatsNode node = NatsNode.running(folder, "authorization { users: [ { nkey: " + new String(key.getPublicKey()) + " } ] }\n")) {
            connects(node.url(), Optional.of(seed), NONE);
            fails(node.url(), Optional.of(other), NONE, NatsState.REFUSED, "uthorization");
        }
    }

    @Test
    void logsInByACredentialsFileThatAppearsLater() throws Exception {
        NKey operator = NKey.createOperator(null);
        NKey account = NKey.createAccount(null);
        String operatorJwt = issued(operator, operator, "{\"type\":\"operator\",\"version\":2}");
        String accountJwt = issued(operator, account, "{\"type\":\"account\",\"version\":2,\"limits\":{\"subs\":-1,\"data\":-1,"
                + "\"payload\":-1,\"imports\":-1,\"exports\":-1,\"wildcards\":true,\"conn\":-1,\"leaf\":-1}}");
        Path file = folder.resolve("user.creds");
        try (NatsNode node = NatsNode.running(folder, "operator: \"" + operatorJwt + "\"\nresolver: MEMORY\nresolver_preload: { "
                        + new String(account.getPublicKey()) + ": \"" + accountJwt + "\" }\n");
                NatsLink link = started(node.url(), Optional.of(file), NONE)) {
            Eventually.await("missing", () -> link.status().toString().contains("credentials file: it does not exist"));
            credentials(NKey.createAccount(null), file);
            Eventually.await("of another account", () -> link.status().state() == NatsState.REFUSED);
            credentials(account, file);
            carries(link);
        }
    }

    private static String issued(NKey issuer, NKey subject, String claims) throws IOException, GeneralSecurityException {
        JsonSerializable nats = () -> claims;
        return JwtUtils.issueJWT(issuer, new String(subject.getPublicKey()), "test", null, System.currentTimeMillis() / 1_000,
                new String(issuer.getPublicKey()), nats);
    }

    private static void credentials(NKey account, Path file) throws IOException, GeneralSecurityException {
        NKey user = NKey.createUser(null);
        String jwt = JwtUtils.issueUserJWT(account, new String(account.getPublicKey()), new String(user.getPublicKey()));
        Files.writeString(file, String.format(JwtUtils.NATS_USER_JWT_FORMAT, jwt, new String(user.getSeed())));
    }
}

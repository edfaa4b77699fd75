package io.sdros.it.nats;

import io.sdros.it.support.NatsClient;
import io.sdros.it.support.WorkDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A NATS operator with one account and one user, as {@code nsc} would make them, but from the documented formats. */
final class NatsOperator {

    private static final int OPERATOR = 14 << 3;
    private static final int ACCOUNT = 0;
    private static final int USER = 20 << 3;
    private static final int SEED = 18 << 3;
    private static final int RAW_KEY_BYTES = 32;
    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final Pattern NONCE = Pattern.compile("\"nonce\":\"([^\"]+)\"");

    private final Key operator = Key.generate(OPERATOR);
    private final Key account = Key.generate(ACCOUNT);
    private final Key user = Key.generate(USER);
    private final String userJwt =
            jwt(account, user, "viewer", "{\"type\":\"user\",\"version\":2,\"subs\":-1,\"data\":-1,\"payload\":-1}");

    /** What makes a nats-server trust this operator. */
    String serverConfiguration() {
        String unlimited = "{\"type\":\"account\",\"version\":2,\"limits\":{\"subs\":-1,\"data\":-1,\"payload\":-1,"
                + "\"imports\":-1,\"exports\":-1,\"wildcards\":true,\"conn\":-1,\"leaf\":-1}}";
        return "operator: \"" + jwt(operator, operator, "robots", "{\"type\":\"operator\",\"version\":2}") + "\"\n"
                + "resolver: MEMORY\nresolver_preload: { "
                + account.id() + ": \"" + jwt(operator, account, "robot", unlimited) + "\" }\n";
    }

    /** The user's credentials file. */
    Path credentialsFile() {
        Path file = WorkDirectory.newFile("user", ".creds");
        try {
            return Files.writeString(file, """
                    -----BEGIN NATS USER JWT-----
                    %s
                    ------END NATS USER JWT------

                    -----BEGIN USER NKEY SEED-----
                    %s
                    ------END USER NKEY SEED------
                    """.formatted(userJwt, user.seed()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What no log may show. */
    String userSeed() {
        return user.seed();
    }

    /** The user's login for a {@link NatsClient}. */
    UnaryOperator<String> login() {
        return info -> {
            Matcher nonce = NONCE.matcher(info);
            if (!nonce.find()) {
                throw new AssertionError("no nonce: " + info);
            }
            return ",\"jwt\":\"" + userJwt + "\",\"sig\":\"" + user.sign(nonce.group(1)) + "\"";
        };
    }

    private static String jwt(Key issuer, Key subject, String name, String claims) {
        String head = base64("{\"typ\":\"JWT\",\"alg\":\"ed25519-nkey\"}");
        String body = base64("{\"jti\":\"" + name + "\",\"iat\":" + System.currentTimeMillis() / 1_000 + ",\"iss\":\""
                + issuer.id() + "\",\"name\":\"" + name + "\",\"sub\":\"" + subject.id() + "\",\"nats\":" + claims + "}");
        return head + "." + body + "." + issuer.sign(head + "." + body);
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** An NKey: an Ed25519 key pair whose texts tell what it is for. */
    private record Key(int kind, KeyPair pair) {

        static Key generate(int kind) {
            try {
                return new Key(kind, KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
            } catch (GeneralSecurityException e) {
                throw new AssertionError(e);
            }
        }

        String id() {
            return text(ByteBuffer.allocate(1 + RAW_KEY_BYTES).put((byte) kind).put(raw(pair.getPublic().getEncoded())));
        }

        String seed() {
            return text(ByteBuffer.allocate(2 + RAW_KEY_BYTES).put((byte) (SEED | kind >> 5)).put((byte) ((kind & 31) << 3))
                    .put(raw(pair.getPrivate().getEncoded())));
        }

        String sign(String text) {
            try {
                Signature signature = Signature.getInstance("Ed25519");
                signature.initSign(pair.getPrivate());
                signature.update(text.getBytes(StandardCharsets.UTF_8));
                return Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
            } catch (GeneralSecurityException e) {
                throw new AssertionError(e);
            }
        }

        // X.509 and PKCS#8 both end with the 32 bytes themselves.
        private static byte[] raw(byte[] encoded) {
            return Arrays.copyOfRange(encoded, encoded.length - RAW_KEY_BYTES, encoded.length);
        }

        private static String text(ByteBuffer bytes) {
            byte[] body = bytes.array();
            byte[] all = ByteBuffer.allocate(body.length + 2).order(ByteOrder.LITTLE_ENDIAN).put(body)
                    .putShort((short) crc16(body)).array();
            StringBuilder text = new StringBuilder();
            for (int bit = 0; bit < all.length * 8; bit += 5) {
                int digit = 0;
                for (int i = bit; i < bit + 5; i++) {
                    digit = digit << 1 | (i < all.length * 8 ? all[i / 8] >> 7 - i % 8 & 1 : 0);
                }
                text.append(BASE32.charAt(digit));
            }
            return text.toString();
        }

        /** CRC-16/XMODEM. */
        private static int crc16(byte[] bytes) {
            int crc = 0;
            for (byte next : bytes) {
                crc ^= (next & 0xFF) << 8;
                for (int i = 0; i < 8; i++) {
                    crc = (crc & 0x8000) == 0 ? crc << 1 : crc << 1 ^ 0x1021;
                }
            }
            return crc & 0xFFFF;
        }
    }
}

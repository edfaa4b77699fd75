package io.sdros.telemetry.nats.connection;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;

/**
 * The seed of an NKey: an Ed25519 private key, written as base 32 of
 *
 * <pre>
 *   bits   5         8        3       256      16 (little-endian)
 *        +-------+-------+-------+--------+-----------+
 *        | 'S'   | type  | 0     | seed   | CRC       |
 *        +-------+-------+-------+--------+-----------+
 * </pre>
 *
 * <p>The signature comes from the JDK, so that no cryptography library has to be shipped for it.
 */
final class NkeySeed {
    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int KEY_BYTES = 32;
    private static final int PREFIX_BYTES = 2;
    private static final int CRC_BYTES = 2;
    private static final int ENCODED_BYTES = PREFIX_BYTES + KEY_BYTES + CRC_BYTES;
    private static final int SEED_PREFIX = 18 << 3;
    private static final int USER_PREFIX = 20 << 3;
    private static final int CRC_POLYNOMIAL = 0x1021;

    private final byte[] seed;

    private NkeySeed(byte[] seed) {
        this.seed = seed;
    }

    /**
     * Reads a user's seed.
     *
     * @throws GeneralSecurityException if the text is no such seed; the message does not contain it
     */
    static NkeySeed parse(String text) throws GeneralSecurityException {
        byte[] raw = fromBase32(text);
        if (raw.length != ENCODED_BYTES) {
            throw new GeneralSecurityException("the NKey seed has a wrong length");
        }
        int crc = (raw[ENCODED_BYTES - 2] & 0xFF) | (raw[ENCODED_BYTES - 1] & 0xFF) << 8;
        if (crc != crc(raw, ENCODED_BYTES - CRC_BYTES)) {
            throw new GeneralSecurityException("the NKey seed has a wrong checksum");
        }
        int type = (raw[0] & 0x07) << 5 | (raw[1] & 0xF8) >> 3;
        if ((raw[0] & 0xF8) != SEED_PREFIX || type != USER_PREFIX) {
            throw new GeneralSecurityException("the NKey is not the seed of a user (it would start with SU)");
        }
        return new NkeySeed(Arrays.copyOfRange(raw, PREFIX_BYTES, PREFIX_BYTES + KEY_BYTES));
    }

    byte[] sign(byte[] message) throws GeneralSecurityException {
        PrivateKey key = KeyFactory.getInstance("Ed25519")
                .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(key);
        signature.update(message);
        return signature.sign();
    }

    /** The public key that belongs to this seed, as NATS writes it ({@code U…}). */
    String publicKey() throws GeneralSecurityException {
        byte[] encoded = derivePublicKey().getEncoded();
        byte[] raw = new byte[1 + KEY_BYTES + CRC_BYTES];
        raw[0] = (byte) USER_PREFIX;
        // The key itself ends its X.509 form.
        System.arraycopy(encoded, encoded.length - KEY_BYTES, raw, 1, KEY_BYTES);
        int crc = crc(raw, 1 + KEY_BYTES);
        raw[1 + KEY_BYTES] = (byte) crc;
        raw[2 + KEY_BYTES] = (byte) (crc >> 8);
        return toBase32(raw);
    }

    /**
     * The JDK has no call that turns a private Ed25519 key into the public one, but its generator takes the private key
     * straight from the random source, so it gets one that yields the seed. Checked, since no specification promises it.
     */
    private PublicKey derivePublicKey() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
        generator.initialize(NamedParameterSpec.ED25519, new FixedRandom(seed));
        KeyPair pair = generator.generateKeyPair();
        byte[] probe = {1, 2, 3};
        Signature verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(pair.getPublic());
        verifier.update(probe);
        if (!verifier.verify(sign(probe))) {
            throw new GeneralSecurityException("this Java runtime cannot derive the public key of an NKey seed");
        }
        return pair.getPublic();
    }

    private static int crc(byte[] bytes, int length) {
        int crc = 0;
        for (int i = 0; i < length; i++) {
            crc ^= (bytes[i] & 0xFF) << 8;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 0x8000) != 0 ? crc << 1 ^ CRC_POLYNOMIAL : crc << 1;
            }
        }
        return crc & 0xFFFF;
    }

    private static byte[] fromBase32(String text) throws GeneralSecurityException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int buffer = 0;
        int bits = 0;
        for (int i = 0; i < text.length(); i++) {
            int value = BASE32.indexOf(text.charAt(i));
            if (value < 0) {
                throw new GeneralSecurityException("the NKey seed contains a character that base 32 does not have");
            }
            buffer = (buffer << 5 | value) & 0xFFF;
            bits += 5;
            if (bits >= 8) {
                bits -= 8;
                bytes.write(buffer >> bits);
            }
        }
        return bytes.toByteArray();
    }

    private static String toBase32(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        int buffer = 0;
        int bits = 0;
        for (byte b : bytes) {
            buffer = (buffer << 8 | b & 0xFF) & 0xFFFF;
            bits += 8;
            while (bits >= 5) {
                bits -= 5;
                text.append(BASE32.charAt(buffer >> bits & 0x1F));
            }
        }
        if (bits > 0) {
            text.append(BASE32.charAt(buffer << 5 - bits & 0x1F));
        }
        return text.toString();
    }

    private static final class FixedRandom extends SecureRandom {
        private static final long serialVersionUID = 1L;

        private final byte[] bytes;

        FixedRandom(byte[] bytes) {
            this.bytes = bytes.clone();
        }

        @Override
        public void nextBytes(byte[] target) {
            System.arraycopy(bytes, 0, target, 0, target.length);
        }
    }
}

package io.sdros.server.tls;

import io.sdros.server.text.Parsed;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;

/** Private keys in the three forms OpenSSL writes: PKCS#8 for all kinds, and the older PKCS#1 (RSA) and SEC 1 (EC). */
final class PrivateKeys {

    static final String ENCRYPTED = "the key is encrypted; decrypt it with: openssl pkey -in OLD -out NEW";
    private static final String DAMAGED = "the private key is damaged or of an unknown kind";
    private static final List<String> KINDS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");
    private static final byte[] PROBE = {1, 2, 3};

    private PrivateKeys() {
    }

    static Parsed<PrivateKey> decode(PemBlock block) {
        return switch (block.label()) {
            case "PRIVATE KEY" -> fromPkcs8(block.der());
            case "RSA PRIVATE KEY" -> decoded(() -> fromPkcs1(block.der()));
            case "EC PRIVATE KEY" -> decoded(() -> Sec1Key.decode(block.der()));
            case "ENCRYPTED PRIVATE KEY" -> Parsed.rejected(ENCRYPTED);
            default -> Parsed.rejected("a \"" + block.label() + "\" is not supported; convert it with: openssl pkey -in OLD -out NEW");
        };
    }

    /** Whether the key is the private half of the public one. */
    static boolean belongTogether(PrivateKey privateKey, PublicKey publicKey) {
        if (privateKey instanceof RSAKey rsaPrivate && publicKey instanceof RSAKey rsaPublic) {
            return rsaPrivate.getModulus().equals(rsaPublic.getModulus());
        }
        String algorithm = privateKey.getAlgorithm().equals("EC") ? "SHA256withECDSA" : privateKey.getAlgorithm();
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(privateKey);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            // The two are of different kinds, or the signature is not even one.
            return false;
        }
    }

    @FunctionalInterface
    private interface Decoding {
        PrivateKey run() throws GeneralSecurityException;
    }

    private static Parsed<PrivateKey> decoded(Decoding decoding) {
        try {
            return Parsed.of(decoding.run());
        } catch (GeneralSecurityException e) {
            return Parsed.rejected(DAMAGED);
        }
    }

    /** The JDK takes this form from a key that says it has it, and only to translate it. */
    private static PrivateKey fromPkcs1(byte[] der) throws GeneralSecurityException {
        return (PrivateKey) KeyFactory.getInstance("RSA").translateKey(new Pkcs1Key(der));
    }

    private record Pkcs1Key(byte[] der) implements PrivateKey {

        @Override
        public String getAlgorithm() {
            return "RSA";
        }

        @Override
        public String getFormat() {
            return "PKCS#1";
        }

        /** A copy: the JDK overwrites it when it has read it. */
        @Override
        public byte[] getEncoded() {
            return der.clone();
        }
    }

    private static Parsed<PrivateKey> fromPkcs8(byte[] pkcs8) {
        for (String kind : KINDS) {
            try {
                return Parsed.of(KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(pkcs8)));
            } catch (InvalidKeySpecException e) {
                // Of another kind, then.
                continue;
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("This Java runtime lacks " + kind, e);
            }
        }
        return Parsed.rejected(DAMAGED);
    }
}

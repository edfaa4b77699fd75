package io.sdros.server.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.InvalidKeySpecException;

/**
 * An EC private key as SEC 1 (RFC 5915) writes it. The JDK reads EC keys in PKCS#8 only, so the two fields that make up
 * the key are found here; the curve is the JDK's again to read.
 * <pre>
 * SEQUENCE { INTEGER 1, OCTET STRING key, [0] { curve }, [1] { public key } }
 * </pre>
 */
final class Sec1Key {

    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final int CURVE = 0xA0;
    private static final int LONG_FORM = 0x80;

    private Sec1Key() {
    }

    /** @throws GeneralSecurityException if it is damaged, names no curve, or one the JDK does not know */
    static PrivateKey decode(byte[] der) throws GeneralSecurityException {
        byte[] key = {};
        byte[] curve = {};
        try {
            ByteBuffer outer = ByteBuffer.wrap(der);
            if (tag(outer) != SEQUENCE) {
                throw new InvalidKeySpecException("no sequence");
            }
            ByteBuffer fields = content(outer);
            while (fields.hasRemaining()) {
                int tag = tag(fields);
                ByteBuffer content = content(fields);
                if (tag == OCTET_STRING) {
                    key = bytes(content);
                } else if (tag == CURVE) {
                    curve = bytes(content);
                }
            }
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new InvalidKeySpecException("damaged", e);
        }
        return KeyFactory.getInstance("EC").generatePrivate(new ECPrivateKeySpec(new BigInteger(1, key), parameters(curve)));
    }

    private static ECParameterSpec parameters(byte[] curve) throws GeneralSecurityException {
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        try {
            parameters.init(curve);
        } catch (IOException e) {
            throw new InvalidKeySpecException("no curve", e);
        }
        return parameters.getParameterSpec(ECParameterSpec.class);
    }

    private static int tag(ByteBuffer buffer) {
        return buffer.get() & 0xFF;
    }

    /** The content of the element whose tag was just read; the buffer moves behind it. */
    private static ByteBuffer content(ByteBuffer buffer) {
        int length = buffer.get() & 0xFF;
        if (length >= LONG_FORM) {
            int digits = length - LONG_FORM;
            length = 0;
            for (int i = 0; i < digits; i++) {
                length = length << Byte.SIZE | buffer.get() & 0xFF;
            }
        }
        // A negative or too large limit is an IllegalArgumentException, which the caller expects.
        ByteBuffer content = buffer.slice().limit(length);
        buffer.position(buffer.position() + length);
        return content;
    }

    private static byte[] bytes(ByteBuffer content) {
        byte[] bytes = new byte[content.remaining()];
        content.get(bytes);
        return bytes;
    }
}

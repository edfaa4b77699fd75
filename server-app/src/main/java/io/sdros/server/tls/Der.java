package io.sdros.server.tls;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The little of ASN.1 DER it takes to put an RSA key (PKCS#1) or an EC key (SEC 1) into the PKCS#8 envelope the JDK reads.
 * <pre>
 * PKCS#8   SEQUENCE { INTEGER 0, SEQUENCE { algorithm OID, parameters }, OCTET STRING { key } }
 * SEC 1    SEQUENCE { INTEGER 1, OCTET STRING, [0] { curve }, [1] { public key } }
 * </pre>
 */
final class Der {

    private static final int OCTET_STRING = 0x04;
    private static final int SEQUENCE = 0x30;
    private static final int CURVE_TAG = 0xA0;
    private static final int LONG_FORM = 0x80;
    private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};
    /** rsaEncryption (1.2.840.113549.1.1.1) with NULL parameters. */
    static final byte[] RSA_ALGORITHM =
        element(SEQUENCE, new byte[] {0x06, 0x09, 0x2A, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00});
    /** id-ecPublicKey (1.2.840.10045.2.1); its parameter is the curve. */
    private static final byte[] EC_OID = {0x06, 0x07, 0x2A, (byte) 0x86, 0x48, (byte) 0xCE, 0x3D, 0x02, 0x01};

    private Der() {
    }

    static byte[] pkcs8(byte[] algorithm, byte[] key) {
        return element(SEQUENCE, VERSION_0, algorithm, element(OCTET_STRING, key));
    }

    static byte[] ecAlgorithm(byte[] curve) {
        return element(SEQUENCE, EC_OID, curve);
    }

    /** The curve named in an EC key; empty if the key is damaged or names none. */
    static Optional<byte[]> curveOfSec1(byte[] sec1) {
        try {
            ByteBuffer fields = enter(ByteBuffer.wrap(sec1), SEQUENCE);
            while (fields.hasRemaining()) {
                int tag = fields.get(fields.position()) & 0xFF;
                ByteBuffer content = enter(fields, tag);
                if (tag == CURVE_TAG) {
                    byte[] curve = new byte[content.remaining()];
                    content.get(curve);
                    return Optional.of(curve);
                }
            }
            return Optional.empty();
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The content of the element at the buffer's position, which moves behind it. */
    private static ByteBuffer enter(ByteBuffer buffer, int expectedTag) {
        if ((buffer.get() & 0xFF) != expectedTag) {
            throw new IllegalArgumentException("another element");
        }
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

    private static byte[] element(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(length + 6);
        out.write(tag);
        if (length < LONG_FORM) {
            out.write(length);
        } else {
            int digits = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + Byte.SIZE - 1) / Byte.SIZE;
            out.write(LONG_FORM | digits);
            for (int shift = (digits - 1) * Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
                out.write(length >>> shift);
            }
        }
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}

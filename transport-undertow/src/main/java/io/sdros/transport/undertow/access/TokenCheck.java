package io.sdros.transport.undertow.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** Compares tokens in a time that depends neither on where they differ nor on the expected one's length. */
public final class TokenCheck {

    private static final String BEARER = "Bearer ";
    private static final String TOKEN_PARAMETER = "token=";

    private final byte[] expectedDigest;

    public TokenCheck(String expected) {
        expectedDigest = digest(expected.getBytes(StandardCharsets.UTF_8));
    }

    /** Either may be empty; one good token is enough, so that a proxy's own Authorization does no harm. */
    public boolean accepts(String authorizationHeader, String rawQuery) {
        boolean accepted = false;
        if (authorizationHeader.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            // Header bytes arrive as ISO 8859-1 characters; this gives back the bytes that were sent.
            accepted = matches(authorizationHeader.substring(BEARER.length()).trim()
                    .getBytes(StandardCharsets.ISO_8859_1));
        }
        for (String parameter : rawQuery.split("&")) {
            if (parameter.startsWith(TOKEN_PARAMETER)) {
                accepted |= matches(percentDecoded(parameter.substring(TOKEN_PARAMETER.length())));
            }
        }
        return accepted;
    }

    private boolean matches(byte[] candidate) {
        return MessageDigest.isEqual(expectedDigest, digest(candidate));
    }

    /** A plus stays a plus: tokens are often base64 and pasted into addresses as they are. */
    private static byte[] percentDecoded(String text) {
        byte[] in = text.getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[in.length];
        int length = 0;
        for (int i = 0; i < in.length; i++) {
            if (in[i] == '%' && i + 2 < in.length
                    && Character.digit(in[i + 1], 16) >= 0 && Character.digit(in[i + 2], 16) >= 0) {
                out[length++] = (byte) (Character.digit(in[i + 1], 16) << 4 | Character.digit(in[i + 2], 16));
                i += 2;
            } else {
                out[length++] = in[i];
            }
        }
        return Arrays.copyOf(out, length);
    }

    private static byte[] digest(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}

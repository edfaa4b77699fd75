package io.sdros.server.settings;

import io.sdros.server.text.Parsed;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Text in which a percent sign and two hexadecimal digits stand for a byte of UTF-8, and everything else for itself; a plus, too. */
final class PercentText {

    private static final int DIGITS = 2;
    private static final int HEX = 16;

    private PercentText() {
    }

    static Parsed<String> decode(String text) {
        if (text.indexOf('%') < 0) {
            return Parsed.of(text);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        int at = 0;
        while (at < text.length()) {
            int next = text.indexOf('%', at);
            int end = next < 0 ? text.length() : next;
            bytes.writeBytes(text.substring(at, end).getBytes(StandardCharsets.UTF_8));
            at = end;
            if (next >= 0) {
                int value = byteAt(text, next + 1);
                if (value < 0) {
                    return Parsed.rejected("a % has two hexadecimal digits behind it; write %25 for the sign itself");
                }
                bytes.write(value);
                at = next + 1 + DIGITS;
            }
        }
        try {
            return Parsed.of(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())).toString());
        } catch (CharacterCodingException e) {
            return Parsed.rejected("what the % signs stand for is no UTF-8");
        }
    }

    /** Negative if there are no two digits. */
    private static int byteAt(String text, int at) {
        if (at + DIGITS > text.length()) {
            return -1;
        }
        int high = Character.digit(text.charAt(at), HEX);
        int low = Character.digit(text.charAt(at + 1), HEX);
        return high < 0 || low < 0 ? -1 : high * HEX + low;
    }
}

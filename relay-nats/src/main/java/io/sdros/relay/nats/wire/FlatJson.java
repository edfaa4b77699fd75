package io.sdros.relay.nats.wire;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One JSON object whose values are texts, whole numbers, true, false and null, read from bytes that anybody may have sent.
 * Immutable.
 */
final class FlatJson {

    /** The longest object that is read. */
    static final int MOST_BYTES = 4096;

    private static final int ID_DIGITS = 16;

    private final Map<String, Object> values;

    private FlatJson(Map<String, Object> values) {
        this.values = values;
    }

    /** Empty if it is anything else. */
    static Optional<FlatJson> parse(byte[] json) {
        if (json.length > MOST_BYTES) {
            return Optional.empty();
        }
        try {
            return Optional.of(new FlatJson(new Reading(new String(json, StandardCharsets.UTF_8)).object()));
        } catch (Malformed e) {
            return Optional.empty();
        }
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name) instanceof String text ? text : null);
    }

    /** Empty if it is not there, null, or no whole number. */
    OptionalLong number(String name) {
        return values.get(name) instanceof Long number ? OptionalLong.of(number) : OptionalLong.empty();
    }

    /** A number from 0 on; empty if it is not there or another. */
    OptionalLong count(String name) {
        OptionalLong number = number(name);
        return number.isPresent() && number.getAsLong() >= 0 ? number : OptionalLong.empty();
    }

    Optional<Boolean> choice(String name) {
        return Optional.ofNullable(values.get(name) instanceof Boolean choice ? choice : null);
    }

    /** An id of 64 bits, which is written as hexadecimal digits. */
    OptionalLong id(String name) {
        String text = text(name).orElse("");
        if (text.length() != ID_DIGITS || !text.chars().allMatch(HexFormat::isHexDigit)) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(HexFormat.fromHexDigitsToLong(text));
    }

    private static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed() {
            super("not such an object", null, false, false);
        }
    }

    /** One pass over one text. */
    private static final class Reading {
        private final String text;
        private int at;

        Reading(String text) {
            this.text = text;
        }

        Map<String, Object> object() throws Malformed {
            Map<String, Object> read = new HashMap<>();
            expect('{');
            if (!taken('}')) {
                do {
                    skipBlanks();
                    String name = string();
                    expect(':');
                    skipBlanks();
                    read.put(name, value());
                } while (taken(','));
                expect('}');
            }
            skipBlanks();
            if (at != text.length()) {
                throw new Malformed();
            }
            return read;
        }

        private Object value() throws Malformed {
            char c = peek();
            if (c == '"') {
                return string();
            }
            if (c == '-' || c >= '0' && c <= '9') {
                return number();
            }
            for (Object word : new Object[] {true, false, "null"}) {
                if (text.startsWith(word.toString(), at)) {
                    at += word.toString().length();
                    return word.equals("null") ? Optional.empty() : word;
                }
            }
            throw new Malformed();
        }

        private Object number() throws Malformed {
            int start = at;
            at++;
            while (at < text.length() && "0123456789+-.eE".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
            try {
                return Long.valueOf(text.substring(start, at));
            } catch (NumberFormatException e) {
                throw new Malformed();
            }
        }

        private String string() throws Malformed {
            expectHere('"');
            StringBuilder read = new StringBuilder();
            while (peek() != '"') {
                char c = text.charAt(at++);
                if (c < ' ') {
                    throw new Malformed();
                }
                read.append(c == '\\' ? escaped() : c);
            }
            at++;
            return read.toString();
        }

        private char escaped() throws Malformed {
            char c = peek();
            at++;
            return switch (c) {
                case '"', '\\', '/' -> c;
                case 'b' -> '\b';
                case 'f' -> '\f';
                case 'n' -> '\n';
                case 'r' -> '\r';
                case 't' -> '\t';
                case 'u' -> unit();
                default -> throw new Malformed();
            };
        }

        private char unit() throws Malformed {
            int end = at + 4;
            if (end > text.length() || !text.substring(at, end).chars().allMatch(HexFormat::isHexDigit)) {
                throw new Malformed();
            }
            char unit = (char) HexFormat.fromHexDigits(text, at, end);
            at = end;
            return unit;
        }

        private boolean taken(char c) {
            skipBlanks();
            boolean there = at < text.length() && text.charAt(at) == c;
            at += there ? 1 : 0;
            return there;
        }

        private void expect(char c) throws Malformed {
            skipBlanks();
            expectHere(c);
        }

        private void expectHere(char c) throws Malformed {
            if (peek() != c) {
                throw new Malformed();
            }
            at++;
        }

        private char peek() throws Malformed {
            if (at == text.length()) {
                throw new Malformed();
            }
            return text.charAt(at);
        }

        private void skipBlanks() {
            while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }
    }
}

package io.sdros.relay.nats.wire;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.OptionalLong;
import java.util.StringJoiner;

/** Writes what {@link FlatJson} reads. */
final class JsonText {

    private final StringJoiner fields = new StringJoiner(",", "{", "}");

    JsonText put(String name, String value) {
        return raw(name, quoted(value));
    }

    JsonText put(String name, long value) {
        return raw(name, Long.toString(value));
    }

    JsonText put(String name, boolean value) {
        return raw(name, Boolean.toString(value));
    }

    /** An absent number is written as null. */
    JsonText put(String name, OptionalLong value) {
        return raw(name, value.isPresent() ? Long.toString(value.getAsLong()) : "null");
    }

    /** Numbers of 64 random bits are written as text, since many readers of JSON round such numbers. */
    JsonText putId(String name, long id) {
        return put(name, HexFormat.of().toHexDigits(id));
    }

    byte[] bytes() {
        return fields.toString().getBytes(StandardCharsets.UTF_8);
    }

    private JsonText raw(String name, String json) {
        fields.add('"' + name + "\":" + json);
        return this;
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}

package io.sdros.server.text;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/** Writes one JSON object, its fields in the order they are put. Not for sharing between threads. */
public final class Json {

    private final StringJoiner fields = new StringJoiner(",", "{", "}");

    public Json put(String name, String value) {
        return raw(name, quote(value));
    }

    public Json put(String name, long value) {
        return raw(name, Long.toString(value));
    }

    public Json put(String name, boolean value) {
        return raw(name, Boolean.toString(value));
    }

    public Json put(String name, Json object) {
        return raw(name, object.toString());
    }

    /** An array of objects. */
    public Json put(String name, List<Json> values) {
        return raw(name, values.stream().map(Json::toString).collect(Collectors.joining(",", "[", "]")));
    }

    /** An absent value is written as null. */
    public Json put(String name, OptionalLong value) {
        return raw(name, value.isPresent() ? Long.toString(value.getAsLong()) : "null");
    }

    /** An absent value is written as null; the others are finite. */
    public Json put(String name, OptionalDouble value) {
        return raw(name, value.isPresent() ? Double.toString(value.getAsDouble()) : "null");
    }

    /** An absent text is written as null. */
    public Json putText(String name, Optional<String> value) {
        return raw(name, value.map(Json::quote).orElse("null"));
    }

    /** An absent object is written as null. */
    public Json put(String name, Optional<Json> value) {
        return raw(name, value.map(Json::toString).orElse("null"));
    }

    /** A number of 64 bits without a sign. */
    public Json putUnsigned(String name, long value) {
        return raw(name, Long.toUnsignedString(value));
    }

    @Override
    public String toString() {
        return fields.toString();
    }

    private Json raw(String name, String json) {
        fields.add(quote(name) + ":" + json);
        return this;
    }

    public static String quote(String text) {
        return '"' + escape(text) + '"';
    }

    /** The text with quotes, backslashes and everything that could break a line or steer a terminal escaped; safe in logs as well. */
    public static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> escaped.append("\\\"");
                case '\\' -> escaped.append("\\\\");
                case '\n' -> escaped.append("\\n");
                case '\r' -> escaped.append("\\r");
                case '\t' -> escaped.append("\\t");
                default -> {
                    if (needsEscape(text, i)) {
                        escaped.append(String.format("\\u%04x", (int) c));
                    } else {
                        escaped.append(c);
                    }
                }
            }
        }
        return escaped.toString();
    }

    private static boolean needsEscape(String text, int index) {
        char c = text.charAt(index);
        if (Character.isHighSurrogate(c)) {
            return index + 1 == text.length() || !Character.isLowSurrogate(text.charAt(index + 1));
        }
        if (Character.isLowSurrogate(c)) {
            return index == 0 || !Character.isHighSurrogate(text.charAt(index - 1));
        }
        int type = Character.getType(c);
        return Character.isISOControl(c) || type == Character.FORMAT || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }
}

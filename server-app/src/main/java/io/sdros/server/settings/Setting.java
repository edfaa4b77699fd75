package io.sdros.server.settings;

import io.sdros.server.text.Json;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * One environment variable, declared once; reading, the help text, the log of effective settings and the documentation follow from it.
 *
 * @param defaultValue used when the variable is unset or empty; empty when absence is the default
 * @param defaultLabel how the default is named in texts
 * @param description what it does, in one or two sentences
 * @param bounds where the accepted range comes from; may be empty
 * @param masking takes the secrets out of a value, well formed or not
 * @param otherName a second variable that means the same; empty if there is none
 */
record Setting<T>(String variable, String defaultValue, String defaultLabel, ValueType<T> type, String description, String bounds,
                  UnaryOperator<String> masking, String otherName) {

    private static final int LONGEST_SHOWN_CHARACTERS = 200;

    static <T> Setting<T> of(String variable, String defaultValue, ValueType<T> type, String description) {
        String label = defaultValue.isEmpty() ? "none" : defaultValue;
        return new Setting<>(variable, defaultValue, label, type, description, "", UnaryOperator.identity(), "");
    }

    Setting<T> boundsFrom(String reason) {
        return new Setting<>(variable, defaultValue, defaultLabel, type, description, reason, masking, otherName);
    }

    Setting<T> defaultLabelled(String label) {
        return new Setting<>(variable, defaultValue, label, type, description, bounds, masking, otherName);
    }

    Setting<T> maskedBy(UnaryOperator<String> mask) {
        return new Setting<>(variable, defaultValue, defaultLabel, type, description, bounds, mask, otherName);
    }

    Setting<T> alsoNamed(String name) {
        return new Setting<>(variable, defaultValue, defaultLabel, type, description, bounds, masking, name);
    }

    /** The names it may be set by, its own first. */
    List<String> names() {
        return otherName.isEmpty() ? List.of(variable) : List.of(variable, otherName);
    }

    Setting<T> secret() {
        return maskedBy(value -> Secret.MASK);
    }

    /** A value of this setting as it may be shown: secrets masked, one line, not endless. */
    String shown(String value) {
        String masked = masking.apply(value);
        String cut = masked.length() <= LONGEST_SHOWN_CHARACTERS ? masked : masked.substring(0, LONGEST_SHOWN_CHARACTERS) + "…";
        return Json.escape(cut);
    }

    /** The default; it is always well formed, or the declaration is wrong. */
    T valueByDefault() {
        return type.parse(defaultValue).value()
            .orElseThrow(() -> new IllegalStateException("The default of " + variable + " is not what it accepts"));
    }
}

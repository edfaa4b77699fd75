package io.sdros.server.settings;

import io.sdros.server.text.Parsed;
import java.util.Optional;
import java.util.function.Function;

/**
 * A kind of value a setting may have.
 *
 * @param accepted what is accepted, as it follows the word "expected"
 * @param parser reads a trimmed text
 */
record ValueType<T>(String accepted, Function<String, Parsed<T>> parser) {

    Parsed<T> parse(String text) {
        return parser.apply(text);
    }

    /** The same kind for a setting without a default: an empty text is the absent value. */
    ValueType<Optional<T>> orAbsent() {
        return new ValueType<>(accepted, text -> text.isEmpty() ? Parsed.of(Optional.empty()) : parse(text).map(Optional::of));
    }
}

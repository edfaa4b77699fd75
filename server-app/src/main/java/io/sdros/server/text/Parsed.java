package io.sdros.server.text;

import java.util.Optional;
import java.util.function.Function;

/**
 * What came of reading a text: the value, or what is wrong with the text. The detail is shown to the operator and
 * logged, so it never repeats the text itself, which may be a secret; it may be empty when the list of accepted
 * values says all there is to say.
 */
public record Parsed<T>(Optional<T> value, String detail) {

    public static <T> Parsed<T> of(T value) {
        return new Parsed<>(Optional.of(value), "");
    }

    public static <T> Parsed<T> rejected(String detail) {
        return new Parsed<>(Optional.empty(), detail);
    }

    public boolean isRejected() {
        return value.isEmpty();
    }

    public <U> Parsed<U> then(Function<T, Parsed<U>> next) {
        return value.map(next).orElseGet(() -> rejected(detail));
    }

    public <U> Parsed<U> map(Function<T, U> conversion) {
        return then(accepted -> of(conversion.apply(accepted)));
    }
}

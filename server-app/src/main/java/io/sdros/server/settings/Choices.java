package io.sdros.server.settings;

import io.sdros.server.text.Parsed;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Values out of a short list, in upper or lower case. */
final class Choices {

    private static final Set<String> YES = Set.of("true", "1", "yes", "on");
    private static final Set<String> NO = Set.of("false", "0", "no", "off");

    private Choices() {
    }

    static ValueType<Boolean> trueOrFalse() {
        return new ValueType<>("true or false (also 1/0, yes/no, on/off)", text -> {
            String word = text.toLowerCase(Locale.ROOT);
            if (YES.contains(word)) {
                return Parsed.of(true);
            }
            return NO.contains(word) ? Parsed.of(false) : Parsed.rejected("");
        });
    }

    static <E extends Enum<E>> ValueType<E> oneOf(Class<E> type) {
        E[] constants = type.getEnumConstants();
        String accepted = Arrays.stream(constants).map(Choices::word).collect(Collectors.joining(", ", "one of ", ""));
        return new ValueType<>(accepted, text -> {
            for (E constant : constants) {
                if (word(constant).equalsIgnoreCase(text)) {
                    return Parsed.of(constant);
                }
            }
            return Parsed.rejected("");
        });
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}

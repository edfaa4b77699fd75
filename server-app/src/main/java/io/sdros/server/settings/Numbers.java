package io.sdros.server.settings;

import io.sdros.server.text.Parsed;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** Whole decimal numbers with bounds. No unit suffixes, no separators, no other scripts' digits: one way to write each value. */
final class Numbers {

    private static final Pattern DECIMAL = Pattern.compile("-?[0-9]{1,18}");

    private Numbers() {
    }

    static ValueType<Long> between(long least, long most, String unit) {
        return new ValueType<>("a whole number of " + unit + " from " + least + " to " + most, text -> read(text, least, most, false));
    }

    /** Zero, which switches something off or leaves a choice open, or a number within bounds. */
    static ValueType<Long> zeroOrBetween(long least, long most, String unit, String zeroMeans) {
        String range = least == 1 ? "a whole number of " + unit + " up to " + most : "a whole number of " + unit
                + " from " + least + " to " + most;
        return new ValueType<>("0 (" + zeroMeans + ") or " + range, text -> read(text, least, most, true));
    }

    static ValueType<Integer> ints(ValueType<Long> type) {
        return new ValueType<>(type.accepted(), text -> type.parse(text).map(Math::toIntExact));
    }

    static ValueType<Duration> millis(ValueType<Long> type) {
        return new ValueType<>(type.accepted(), text -> type.parse(text).map(Duration::ofMillis));
    }

    /** Minus one, which stands for no end, or a time from 0 milliseconds on. Absent is no end. */
    static ValueType<Optional<Duration>> minusOneOrUpTo(long mostMillis, String unit, String minusOneMeans) {
        return new ValueType<>("-1 (" + minusOneMeans + ") or a whole number of " + unit + " from 0 to " + mostMillis,
            text -> read(text, -1, mostMillis, false).map(millis -> millis < 0 ? Optional.empty()
                    : Optional.of(Duration.ofMillis(millis))));
    }

    private static Parsed<Long> read(String text, long least, long most, boolean zeroToo) {
        if (!DECIMAL.matcher(text).matches()) {
            return Parsed.rejected("");
        }
        long number = Long.parseLong(text);
        boolean within = number >= least && number <= most || zeroToo && number == 0;
        return within ? Parsed.of(number) : Parsed.rejected("");
    }
}

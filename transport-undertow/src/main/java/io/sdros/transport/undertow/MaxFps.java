package io.sdros.transport.undertow;

import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/**
 * How many frames a second a client wants at most: {@code max_fps=} in the query of a stream's address.
 *
 * @param perSecond empty: all there are
 * @param problem   what is wrong with the value, for whoever sent it; empty if nothing is
 */
record MaxFps(OptionalDouble perSecond, Optional<String> problem) {

    private static final String PARAMETER = "max_fps";
    private static final Pattern NUMBER = Pattern.compile("\\d{1,4}(\\.\\d{1,3})?");
    private static final Pattern NOT_PRINTABLE = Pattern.compile("[^ -~]");
    private static final double LEAST = 0.1;
    private static final double MOST = 1000;
    private static final int MOST_CHARACTERS_TOLD = 40;

    /** @param query by name, decoded; of several values the first counts */
    static MaxFps in(Map<String, Deque<String>> query) {
        Deque<String> values = query.get(PARAMETER);
        if (values == null || values.isEmpty()) {
            return new MaxFps(OptionalDouble.empty(), Optional.empty());
        }
        String value = values.getFirst();
        if (NUMBER.matcher(value).matches()) {
            double perSecond = Double.parseDouble(value);
            if (perSecond >= LEAST && perSecond <= MOST) {
                return new MaxFps(OptionalDouble.of(perSecond), Optional.empty());
            }
        }
        return new MaxFps(OptionalDouble.empty(), Optional.of(PARAMETER + " must be a number of frames a second from 0.1 to 1000, not \""
                + told(value) + "\""));
    }

    private static String told(String value) {
        String start = value.length() <= MOST_CHARACTERS_TOLD ? value : value.substring(0, MOST_CHARACTERS_TOLD) + "...";
        return NOT_PRINTABLE.matcher(start).replaceAll("?");
    }
}

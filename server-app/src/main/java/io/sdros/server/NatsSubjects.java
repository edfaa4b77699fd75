package io.sdros.server;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** NATS subjects: words separated by dots; in a filter {@code *} stands for one word and {@code >} at the end for one or more. */
final class NatsSubjects {

    /** The longest subject a telemetry message can carry; a longer filter could match nothing that is relayed. */
    private static final int LONGEST_BYTES = 256;
    private static final String ONE_WORD = "*";
    private static final String REST = ">";

    private NatsSubjects() {
    }

    /** A list without repeats, in the order written. */
    static ValueType<List<String>> filters() {
        return new ValueType<>("a comma-separated list of NATS subjects of up to 256 bytes, where * is one word and a final > the rest", NatsSubjects::readFilters);
    }

    static ValueType<String> literal() {
        return new ValueType<>("one NATS subject of up to 256 bytes without wildcards, like control.request_idr", text -> {
            Optional<String> wrong = check(text, false);
            return wrong.isPresent() ? Parsed.rejected(wrong.get()) : Parsed.of(text);
        });
    }

    private static Parsed<List<String>> readFilters(String text) {
        Set<String> filters = new LinkedHashSet<>();
        for (String item : text.split(",", -1)) {
            String filter = item.strip();
            Optional<String> wrong = check(filter, true);
            if (wrong.isPresent()) {
                return Parsed.rejected(filter.isEmpty() ? "there is an empty one in the list" : Json.quote(filter) + ": " + wrong.get());
            }
            filters.add(filter);
        }
        return Parsed.of(List.copyOf(filters));
    }

    private static Optional<String> check(String subject, boolean wildcards) {
        if (subject.getBytes(StandardCharsets.UTF_8).length > LONGEST_BYTES) {
            return Optional.of("it is longer than 256 bytes");
        }
        if (subject.codePoints().anyMatch(c -> Character.isWhitespace(c) || Character.isISOControl(c))) {
            return Optional.of("it has a blank or a control character");
        }
        String[] words = subject.split("\\.", -1);
        for (int i = 0; i < words.length; i++) {
            String word = words[i];
            boolean last = i == words.length - 1;
            if (word.isEmpty()) {
                return Optional.of("there is an empty word between dots");
            }
            if (word.contains(ONE_WORD) || word.contains(REST)) {
                if (!wildcards) {
                    return Optional.of("it has a wildcard");
                }
                if (!word.equals(ONE_WORD) && !(word.equals(REST) && last)) {
                    return Optional.of("a wildcard is a word of its own, and > only the last");
                }
            }
        }
        return Optional.empty();
    }
}

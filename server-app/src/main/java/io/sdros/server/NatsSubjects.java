package io.sdros.server;

import io.sdros.telemetry.nats.SubjectFilter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** NATS subjects: words separated by dots; in a filter {@code *} stands for one word and {@code >} at the end for one or more. */
final class NatsSubjects {

    private NatsSubjects() {
    }

    /** A list without repeats, in the order written. */
    static ValueType<List<String>> filters() {
        return new ValueType<>("a comma-separated list of NATS subjects of up to 256 bytes, where * is one word and a final > the rest", NatsSubjects::readFilters);
    }

    static ValueType<String> literal() {
        return new ValueType<>("one NATS subject of up to 256 bytes without wildcards, like control.request_idr", text -> {
            Optional<String> wrong = SubjectFilter.problemWithSubject(text);
            return wrong.isPresent() ? Parsed.rejected(wrong.get()) : Parsed.of(text);
        });
    }

    private static Parsed<List<String>> readFilters(String text) {
        Set<String> filters = new LinkedHashSet<>();
        for (String item : text.split(",", -1)) {
            String filter = item.strip();
            Optional<String> wrong = SubjectFilter.problemWith(filter);
            if (wrong.isPresent()) {
                return Parsed.rejected(filter.isEmpty() ? "there is an empty one in the list" : Json.quote(filter) + ": " + wrong.get());
            }
            filters.add(filter);
        }
        return Parsed.of(List.copyOf(filters));
    }
}

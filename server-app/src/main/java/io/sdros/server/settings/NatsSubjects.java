package io.sdros.server.settings;

import io.sdros.server.text.Json;
import io.sdros.server.text.Parsed;
import io.sdros.telemetry.nats.SubjectFilter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** NATS subjects: words separated by dots; in a filter {@code *} stands for one word and {@code >} at the end for one or more. */
final class NatsSubjects {

    private NatsSubjects() {
    }

    /** A list without repeats, in the order written. */
    static ValueType<List<String>> filters() {
        return new ValueType<>("a comma-separated list of NATS subjects of up to 256 bytes, where * is one word and a final > the rest",
            text -> read(text, SubjectFilter::problemWith));
    }

    /** What can be published to; a list without repeats, in the order written. */
    static ValueType<List<String>> literals() {
        return new ValueType<>("a comma-separated list of NATS subjects of up to 256 bytes without wildcards, like control.request_idr",
            text -> read(text, SubjectFilter::problemWithSubject));
    }

    private static Parsed<List<String>> read(String text, Function<String, Optional<String>> problemWith) {
        Set<String> subjects = new LinkedHashSet<>();
        for (String item : text.split(",", -1)) {
            String subject = item.strip();
            Optional<String> wrong = problemWith.apply(subject);
            if (wrong.isPresent()) {
                return Parsed.rejected(subject.isEmpty() ? "there is an empty one in the list" : Json.quote(subject) + ": " + wrong.get());
            }
            subjects.add(subject);
        }
        return Parsed.of(List.copyOf(subjects));
    }
}

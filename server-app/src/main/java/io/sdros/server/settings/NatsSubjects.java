package io.sdros.server.settings;

import io.sdros.server.text.Json;
import io.sdros.server.text.Parsed;
import io.sdros.telemetry.nats.SubjectFilter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** NATS subjects: words separated by dots; in a filter {@code *} stands for one word and {@code >} at the end for one or more. */
final class NatsSubjects {

    /** With what follows it is still a subject. */
    private static final int LONGEST_PREFIX = 128;

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

    /** One that other words follow. */
    static ValueType<String> prefix() {
        return new ValueType<>("words with dots between, as a NATS subject begins with, of up to " + LONGEST_PREFIX + " bytes", text -> {
            Optional<String> wrong = SubjectFilter.problemWithSubject(text);
            return wrong.isPresent() || text.getBytes(StandardCharsets.UTF_8).length > LONGEST_PREFIX
                ? Parsed.rejected(wrong.orElse("it is longer")) : Parsed.of(text);
        });
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

package io.sdros.server.settings;

import io.sdros.server.text.Json;
import io.sdros.server.text.Parsed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads SDR_STREAMS: {@code name=shm:/path?option=value&…} or {@code name=nats:?…}, separated by commas. What is
 * wrong is told of all streams at once. The value of an option is read as the setting of the process is whose place it
 * takes, hence the types.
 */
final class StreamList {

    private static final int MOST_TITLE_CHARACTERS = 100;
    private static final String SHARED_MEMORY = "shm:";
    private static final String RELAY = "nats:";
    private static final List<String> OPTIONS = List.of("size", "idr", "telemetry", "rate", "title", "gating");
    /** The others are about the producer, which is the origin's to know. */
    private static final List<String> RELAY_OPTIONS = List.of("telemetry", "title", "gating");
    private static final List<String> ANY_OPTIONS = List.of("telemetry");

    private final ValueType<Path> region;
    private final ValueType<Integer> size;
    private final ValueType<List<String>> literals;
    private final ValueType<List<String>> filters;
    private final ValueType<Boolean> choice;

    StreamList(ValueType<Path> region, ValueType<Integer> size, ValueType<List<String>> literals, ValueType<List<String>> filters,
            ValueType<Boolean> choice) {
        this.region = region;
        this.size = size;
        this.literals = literals;
        this.filters = filters;
        this.choice = choice;
    }

    ValueType<List<StreamEntry>> type() {
        return new ValueType<>("a comma-separated list of NAME=shm:/PATH, NAME=nats: and *=nats:, each with options behind a ? if "
                + "need be (" + OPTIONS.stream().map(option -> option + "=").collect(Collectors.joining("&")) + ")", this::read);
    }

    private Parsed<List<StreamEntry>> read(String text) {
        List<StreamEntry> streams = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (String item : text.split(",", -1)) {
            EntryReading entry = new EntryReading(item.strip());
            entry.read().ifPresent(streams::add);
            if (!entry.name.isEmpty() && !names.add(entry.name)) {
                entry.problems.add("there are two of this name");
            }
            entry.problems.forEach(problem -> problems.add(entry.place() + problem));
        }
        return problems.isEmpty() ? Parsed.of(List.copyOf(streams)) : Parsed.rejected(String.join("; ", problems));
    }

    /** One pass over one stream's text. */
    private final class EntryReading {
        private final String text;
        private final List<String> problems = new ArrayList<>();
        private final Map<String, String> options = new HashMap<>();
        private String name = "";

        EntryReading(String text) {
            this.text = text;
        }

        String place() {
            return name.isEmpty() ? "" : "stream " + Json.quote(name) + ": ";
        }

        Optional<StreamEntry> read() {
            int equals = text.indexOf('=');
            if (text.isEmpty()) {
                problems.add("there is an empty one in the list (a comma in a title is written %2C)");
                return Optional.empty();
            }
            if (equals < 0) {
                problems.add(Json.quote(text) + " has no = between name and source (a comma in a title is written %2C)");
                return Optional.empty();
            }
            name = text.substring(0, equals).strip();
            String source = text.substring(equals + 1).strip();
            boolean any = name.equals(StreamEntry.ANY);
            boolean relayed = source.startsWith(RELAY);
            if (any && !relayed) {
                problems.add("any stream (*) comes from the relay only: *=nats:");
                return Optional.empty();
            }
            if (!any && !StreamName.accepts(name)) {
                problems.add("this name is not " + StreamName.ACCEPTED);
            }
            return relayed ? readRelayed(source, any ? ANY_OPTIONS : RELAY_OPTIONS) : readSharedMemory(source);
        }

        private Optional<StreamEntry> readRelayed(String source, List<String> known) {
            int question = source.indexOf('?');
            if (!source.substring(0, question < 0 ? source.length() : question).equals(RELAY)) {
                problems.add("behind nats: there is something; the stream has the same name on the other machine");
                return Optional.empty();
            }
            return entry(Optional.empty(), source, known);
        }

        private Optional<StreamEntry> readSharedMemory(String source) {
            if (!source.startsWith(SHARED_MEMORY + "/")) {
                problems.add("the source is neither nats: nor shm: and a path that begins with a slash, as in shm:/dev/shm/robot/front");
                return Optional.empty();
            }
            int question = source.indexOf('?');
            String path = source.substring(SHARED_MEMORY.length(), question < 0 ? source.length() : question);
            return entry(Optional.of(parse("path", PercentText.decode(path), region).orElse(Path.of("/"))), source, OPTIONS);
        }

        private Optional<StreamEntry> entry(Optional<Path> file, String source, List<String> known) {
            int question = source.indexOf('?');
            if (question >= 0) {
                collect(source.substring(question + 1), known);
            }
            StreamEntry entry = new StreamEntry(name, file, option("size", size), option("idr", literals),
                    option("telemetry", filters), option("rate", literals), option("title", title()), option("gating", choice));
            return problems.isEmpty() ? Optional.of(entry) : Optional.empty();
        }

        private void collect(String query, List<String> known) {
            for (String pair : query.split("&", -1)) {
                int equals = pair.indexOf('=');
                String option = equals < 0 ? pair : pair.substring(0, equals);
                if (equals < 0 || !known.contains(option)) {
                    problems.add(Json.quote(option) + " is none of the options " + String.join("=, ", known)
                            + "= (an & in a title is written %26)");
                } else if (options.put(option, pair.substring(equals + 1)) != null) {
                    problems.add("the option " + option + " is there twice");
                }
            }
        }

        /** One that is there without a value is as if it were not there, as with settings. */
        private <T> Optional<T> option(String option, ValueType<T> type) {
            String value = options.getOrDefault(option, "").strip();
            return value.isEmpty() ? Optional.empty() : parse(option, PercentText.decode(value), type);
        }

        private <T> Optional<T> parse(String what, Parsed<String> decoded, ValueType<T> type) {
            if (decoded.isRejected()) {
                problems.add(what + ": " + decoded.detail());
                return Optional.empty();
            }
            Parsed<T> parsed = decoded.then(type::parse);
            if (parsed.isRejected()) {
                problems.add(what + "=" + Json.quote(decoded.value().orElse("")) + ": expected " + type.accepted()
                        + (parsed.detail().isEmpty() ? "" : " (" + parsed.detail() + ")"));
            }
            return parsed.value();
        }
    }

    private static ValueType<String> title() {
        return new ValueType<>("a text of up to " + MOST_TITLE_CHARACTERS + " characters on one line", text ->
                text.length() <= MOST_TITLE_CHARACTERS && text.chars().noneMatch(Character::isISOControl)
                        ? Parsed.of(text) : Parsed.rejected(""));
    }
}

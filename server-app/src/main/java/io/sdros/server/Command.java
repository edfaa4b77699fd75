package io.sdros.server;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** What the process was asked to do on its command line. */
enum Command {
    SERVE("serve", "read the region and serve it (also when no command is given)"),
    DEMO("demo", "serve built-in clips and sample telemetry; needs nothing else; --streams N: so many (2)"),
    CHECK_CONFIG("check-config", "check the settings, print them, and exit"),
    HEALTHCHECK("healthcheck", "ask the running server for its /health, and exit with 0 or 1"),
    HELP("--help", "print this text and exit"),
    VERSION("--version", "print the version and exit");

    private final String word;
    private final String summary;

    Command(String word, String summary) {
        this.word = word;
        this.summary = summary;
    }

    String word() {
        return word;
    }

    String summary() {
        return summary;
    }

    /** The command the arguments name; empty when they are not exactly one known command. */
    static Optional<Command> of(List<String> arguments) {
        if (arguments.isEmpty()) {
            return Optional.of(SERVE);
        }
        if (arguments.size() > 1) {
            return demoStreams(arguments).isPresent() ? Optional.of(DEMO) : Optional.empty();
        }
        String asked = switch (arguments.get(0)) {
            case "-h", "help" -> HELP.word;
            case "-V", "version" -> VERSION.word;
            default -> arguments.get(0);
        };
        return Arrays.stream(values()).filter(command -> command.word.equals(asked)).findFirst();
    }

    /** How many streams {@code demo --streams N} asks for; empty if that is not what the arguments say. */
    static OptionalInt demoStreams(List<String> arguments) {
        if (arguments.size() != 3 || !arguments.get(0).equals(DEMO.word) || !arguments.get(1).equals("--streams")
                || !arguments.get(2).matches("[0-9]{1,2}")) {
            return OptionalInt.empty();
        }
        int count = Integer.parseInt(arguments.get(2));
        return count >= 1 && count <= Demo.MOST_STREAMS ? OptionalInt.of(count) : OptionalInt.empty();
    }

    static String accepted() {
        return Arrays.stream(values()).map(Command::word).collect(Collectors.joining(", "));
    }
}

package io.sdros.server;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the process was asked to do on its command line. */
enum Command {
    SERVE("serve", "read the region and serve it (also when no command is given)"),
    DEMO("demo", "serve built-in clips and sample telemetry; needs nothing else; --streams N: so many (2); --edge: on two servers"),
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
            return arguments.get(0).equals(DEMO.word) && DemoOptions.of(arguments.subList(1, arguments.size())).isPresent()
                    ? Optional.of(DEMO) : Optional.empty();
        }
        String asked = switch (arguments.get(0)) {
            case "-h", "help" -> HELP.word;
            case "-V", "version" -> VERSION.word;
            default -> arguments.get(0);
        };
        return Arrays.stream(values()).filter(command -> command.word.equals(asked)).findFirst();
    }

    static String accepted() {
        return Arrays.stream(values()).map(Command::word).collect(Collectors.joining(", "));
    }
}

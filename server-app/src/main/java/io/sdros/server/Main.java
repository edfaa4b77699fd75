package io.sdros.server;

import io.sdros.server.settings.LogLevel;
import io.sdros.server.settings.Settings;
import io.sdros.server.settings.SettingsOutcome;
import io.sdros.server.settings.SettingsParser;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/** Where the process starts. */
public final class Main {

    private Main() {
    }

    /** See {@code --help}. Returns to the shell with 0, 1 (could not start) or 2 (wrong command or settings). */
    public static void main(String[] arguments) {
        // Before anything slow. What ends by itself is not to say 0 when it is killed half-way.
        OrderlyStop stop = serves(arguments) ? OrderlyStop.install() : new OrderlyStop();
        List<String> words = List.of(arguments);
        // Before the settings are parsed: that resolves the address to listen on.
        NameLookups.forgetSoon();
        SettingsOutcome outcome = new SettingsParser(Clock.systemUTC()).parse(environment(words));
        String level = outcome.settings().map(Settings::logLevel).orElse(LogLevel.INFO).simpleLoggerName();
        // Before the launcher and all it loads make their loggers.
        Logging.configure(level);
        int exitCode = new Launcher(outcome, System.out, System.err, stop).run(words);
        if (exitCode != 0) {
            stop.disarm();
            System.exit(exitCode);
        }
    }

    /** As {@link Command}, which costs more: see {@link OrderlyStop#install}. */
    private static boolean serves(String[] arguments) {
        return arguments.length == 0 || "serve".equals(arguments[0]) || "demo".equals(arguments[0]);
    }

    private static Map<String, String> environment(List<String> words) {
        boolean demo = Command.of(words).filter(Command.DEMO::equals).isPresent();
        return demo ? Demo.environment(System.getenv()) : System.getenv();
    }
}

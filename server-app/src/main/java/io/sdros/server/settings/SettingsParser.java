package io.sdros.server.settings;

import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the settings from an environment: all of them, with all that is wrong, in one go. Reads the files they name
 * and resolves the host to listen on. Any thread; every call reads anew.
 */
public final class SettingsParser {

    private final SettingDefinitions table = new SettingDefinitions();
    private final InstantSource clock;

    /** @param clock tells whether certificates are valid now */
    public SettingsParser(InstantSource clock) {
        this.clock = clock;
    }

    public SettingsOutcome parse(Map<String, String> environment) {
        EnvironmentReading reading = new EnvironmentReading(table, environment, clock);
        Settings settings = reading.settings();
        Optional<Settings> valid = reading.problems().isEmpty() ? Optional.of(settings) : Optional.empty();
        return new SettingsOutcome(valid, reading.problems(), reading.warnings(), reading.effective());
    }
}

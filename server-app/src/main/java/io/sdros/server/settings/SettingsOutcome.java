package io.sdros.server.settings;

import java.util.List;
import java.util.Optional;

/**
 * What the environment said.
 *
 * @param settings present if and only if there are no problems
 * @param problems every wrong value, in the order of the settings
 * @param warnings what is suspicious and does not stop the start, a line each
 * @param effective every setting with the value in force, a line each, secrets masked
 */
public record SettingsOutcome(Optional<Settings> settings, List<SettingProblem> problems, List<String> warnings, List<String> effective) {

    public SettingsOutcome {
        problems = List.copyOf(problems);
        warnings = List.copyOf(warnings);
        effective = List.copyOf(effective);
    }
}

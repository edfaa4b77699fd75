package io.sdros.server.settings;

import java.util.stream.Collectors;

/** The settings as text for people, made from their declarations. */
public final class SettingsTexts {

    private final SettingDefinitions table = new SettingDefinitions();

    /** The part of the help text that lists the variables. Every line ends with a line feed. */
    public String help() {
        StringBuilder text = new StringBuilder(4096);
        for (Setting<?> setting : table.all()) {
            text.append("  ").append(setting.variable()).append("  (default: ").append(setting.defaultLabel()).append(")\n");
            text.append("      ").append(setting.description()).append('\n');
            text.append("      Accepted: ").append(setting.type().accepted()).append(".\n");
            if (!setting.otherName().isEmpty()) {
                text.append("      Another name of it: ").append(setting.otherName()).append(".\n");
            }
        }
        return text.toString();
    }

    /** The table in docs/configuration.md. Every line ends with a line feed. */
    String markdownTable() {
        return table.all().stream().map(SettingsTexts::row)
            .collect(Collectors.joining("", "| Variable | Default | Accepted | Meaning |\n|---|---|---|---|\n", ""));
    }

    private static String row(Setting<?> setting) {
        boolean literal = setting.defaultLabel().equals(setting.defaultValue());
        String standard = literal ? "`" + setting.defaultValue() + "`" : setting.defaultLabel();
        String accepted = (cell(setting.type().accepted()) + ". " + cell(setting.bounds())).strip();
        String otherName = setting.otherName().isEmpty() ? "" : " Another name of it: `" + setting.otherName() + "`.";
        return "| `" + setting.variable() + "` | " + standard + " | " + accepted + " | " + cell(setting.description()) + otherName + " |\n";
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;").replace(">", "&gt;");
    }
}

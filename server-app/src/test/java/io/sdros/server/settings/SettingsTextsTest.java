package io.sdros.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class SettingsTextsTest {

    /** Relative to the module's folder, which is where its tests run. */
    private static final Path DOCUMENT = Path.of("..", "docs", "configuration.md");
    private static final String BEGIN = "<!-- settings: begin -->\n";
    private static final String END = "<!-- settings: end -->";

    private final List<Setting<?>> all = new SettingDefinitions().all();

    @Test
    void theDocumentHasTheTableOfTheCode() throws IOException {
        String document = Files.readString(DOCUMENT);

        String table = document.substring(document.indexOf(BEGIN) + BEGIN.length(), document.indexOf(END));

        assertThat(table.strip()).isEqualTo(new SettingsTexts().markdownTable().strip());
    }

    @Test
    void everyRowHasFourCells() {
        assertThat(new SettingsTexts().markdownTable().lines()).hasSize(all.size() + 2)
            .allSatisfy(row -> assertThat(row.replace("\\|", "").chars().filter(c -> c == '|').count()).isEqualTo(5));
    }

    @Test
    void theHelpNamesEveryVariableItsDefaultAndWhatIsAccepted() {
        String help = new SettingsTexts().help();

        assertThat(all).isNotEmpty().allSatisfy(setting -> assertThat(help)
            .contains(setting.variable() + "  (default: " + setting.defaultLabel() + ")\n")
            .contains(setting.description())
            .contains(setting.type().accepted()));
    }

    @Test
    void theHelpAndTheDocumentNameTheOtherName() {
        assertThat(new SettingsTexts().help()).contains("      Another name of it: SDR_SHM_KEYFRAME_GATING.\n");
        assertThat(new SettingsTexts().markdownTable()).contains("Another name of it: `SDR_SHM_KEYFRAME_GATING`.");
    }

    @Test
    void namesAreUniqueAndDefaultsAccepted() {
        assertThat(all).flatExtracting(Setting::names).asInstanceOf(InstanceOfAssertFactories.list(String.class))
                .doesNotHaveDuplicates().allMatch(name -> name.matches("SDR(_[A-Z]+)+"));
        assertThat(all).allSatisfy(setting -> assertThat(setting.valueByDefault()).isNotNull());
    }
}

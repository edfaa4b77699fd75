package io.sdros.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TokenFileTest {

    @TempDir
    private Path folder;

    @Test
    void aChangedTokenIsPassedOnOnceAndADamagedFileChangesNothing() throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "first\n");
        List<String> used = new ArrayList<>();
        try (TokenFile watched = new TokenFile(file, new Secret("first"), used::add)) {
            watched.look();
            Files.writeString(file, "second\n");
            watched.look();
            watched.look();
            Files.writeString(file, "");
            watched.look();
            Files.delete(file);
            watched.look();
            assertThat(used).containsExactly("second");
            Files.writeString(file, "first");
            watched.look();
            assertThat(used).containsExactly("second", "first");
        }
    }

    @Test
    void theSettingsKeepWhereTheTokenCameFrom() throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "abc");
        Secret fromFile = new SettingsParser(InstantSource.system()).parse(Map.of("SDR_AUTH_TOKEN_FILE",
                file.toString())).settings().orElseThrow()
            .authToken().orElseThrow();
        assertThat(fromFile.file()).contains(file);
        assertThat(fromFile.reveal()).isEqualTo("abc");
        assertThat(new Secret("abc").file()).isEmpty();
    }
}

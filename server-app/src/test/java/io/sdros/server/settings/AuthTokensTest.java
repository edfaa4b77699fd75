package io.sdros.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.server.text.Parsed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthTokensTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"x", "!~", "aB3-._~+/=", "percent%20", "\"quoted\""})
    void acceptsPrintableCharacters(String token) {
        assertThat(AuthTokens.text().parse(token).value().orElseThrow().reveal()).isEqualTo(token);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\tb", "a\nb", "ä", "\u007f"})
    void rejectsOthersWithoutRepeatingThem(String token) {
        Parsed<Secret> parsed = AuthTokens.text().parse(token);

        assertThat(parsed.isRejected()).isTrue();
        assertThat(parsed.detail()).isIn("it is empty", "character 1 is none of these", "character 2 is none of these");
    }

    @Test
    void limitsTheLength() {
        assertThat(AuthTokens.text().parse("x".repeat(4096)).isRejected()).isFalse();
        assertThat(AuthTokens.text().parse("x".repeat(4097)).detail()).isEqualTo("it has 4097 characters");
    }

    @Test
    void readsAFileAndTrimsIt() throws IOException {
        Path file = Files.writeString(folder.resolve("token"), " \t hunter2 \r\n\n");

        assertThat(AuthTokens.file().parse(file.toString()).value().orElseThrow().reveal()).isEqualTo("hunter2");
    }

    @Test
    void rejectsFilesWithoutAToken() throws IOException {
        Path blank = Files.writeString(folder.resolve("blank"), " \n");
        Path two = Files.writeString(folder.resolve("two"), "one\ntwo\n");

        assertThat(AuthTokens.file().parse(blank.toString()).detail()).isEqualTo("it is empty");
        assertThat(AuthTokens.file().parse(two.toString()).detail()).isEqualTo("character 4 is none of these");
        assertThat(AuthTokens.file().parse(folder.resolve("none").toString()).detail()).isEqualTo("there is no such file");
        assertThat(AuthTokens.file().parse(folder.toString()).detail()).isEqualTo("it is a directory");
    }

    @Test
    void aSecretDoesNotPrintItself() {
        assertThat(new Secret("hunter2")).hasToString("***");
    }
}

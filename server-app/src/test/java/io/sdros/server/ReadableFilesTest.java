package io.sdros.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadableFilesTest {

    @TempDir
    private Path folder;

    @Test
    void readsSmallFiles() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "text");

        assertThat(ReadableFiles.read(file).value()).contains(new ReadableFiles.Content(file, "text"));
    }

    @Test
    void refusesWhatIsNoSmallFile() throws IOException {
        Path large = Files.write(folder.resolve("large"), new byte[(1 << 20) + 1]);
        Path empty = Files.write(folder.resolve("empty"), new byte[0]);

        assertThat(ReadableFiles.read(large).detail()).isEqualTo("it is larger than 1 MiB");
        assertThat(ReadableFiles.read(empty).detail()).isEqualTo("it is empty");
        assertThat(ReadableFiles.read(folder).detail()).isEqualTo("it is a directory");
        assertThat(ReadableFiles.read(folder.resolve("none")).detail()).isEqualTo("there is no such file");
    }

    @Test
    void anUnusablePathIsNoException() {
        assertThat(ReadableFiles.path().parse("a\u0000b").isRejected()).isTrue();
        assertThat(ReadableFiles.read("a\u0000b").isRejected()).isTrue();
    }

    @Test
    void recognisesNatsCredentials() throws IOException {
        Path creds = Files.writeString(folder.resolve("user.creds"), "-----BEGIN NATS USER JWT-----\neyJ\n------END NATS USER JWT------\n");
        Path other = Files.writeString(folder.resolve("other"), "something else");

        assertThat(ReadableFiles.natsCredentials().parse(creds.toString()).value()).contains(creds);
        assertThat(ReadableFiles.natsCredentials().parse(other.toString()).detail()).isEqualTo("it has no NATS user JWT in it");
    }
}

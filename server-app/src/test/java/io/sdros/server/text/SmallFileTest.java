package io.sdros.server.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmallFileTest {

    @TempDir
    private Path folder;

    @Test
    void readsSmallFiles() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "text");

        assertThat(SmallFile.read(file).value()).contains(new SmallFile(file, "text"));
    }

    @Test
    void refusesWhatIsNoSmallFile() throws IOException {
        Path large = Files.write(folder.resolve("large"), new byte[(1 << 20) + 1]);
        Path empty = Files.write(folder.resolve("empty"), new byte[0]);

        assertThat(SmallFile.read(large).detail()).isEqualTo("it is larger than 1 MiB");
        assertThat(SmallFile.read(empty).detail()).isEqualTo("it is empty");
        assertThat(SmallFile.read(folder).detail()).isEqualTo("it is a directory");
        assertThat(SmallFile.read(Path.of("/dev/zero")).detail()).isEqualTo("it is not a regular file");
        assertThat(SmallFile.read(folder.resolve("none")).detail()).isEqualTo("there is no such file");
    }
}

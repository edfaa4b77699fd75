package io.sdros.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadableFilesTest {

    /** A user's seed made of the bytes 0 to 31; it opens nothing. */
    static final String NATS_SEED = "SUAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H776Y";
    static final String NATS_CREDENTIALS = """
        -----BEGIN NATS USER JWT-----
        eyJ0eXAiOiJKV1QifQ
        ------END NATS USER JWT------

        -----BEGIN USER NKEY SEED-----
        SUAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H776Y
        ------END USER NKEY SEED------
        """;

    @TempDir
    private Path folder;

    @Test
    void anUnusablePathIsNoException() {
        assertThat(ReadableFiles.path().parse("a\u0000b").isRejected()).isTrue();
        assertThat(ReadableFiles.read("a\u0000b").isRejected()).isTrue();
    }

    @Test
    void aRegionIsARegularFileOrNothingYet() throws IOException {
        Path file = Files.writeString(folder.resolve("frames"), "text");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        Path nowhere = Files.createSymbolicLink(folder.resolve("dangling"), folder.resolve("later"));

        for (Path path : new Path[] {file, link, nowhere, folder.resolve("none"),
                folder.resolve("no/such/folder/frames"), Path.of("frames")}) {
            assertThat(ReadableFiles.region().parse(path.toString()).value()).contains(path);
        }
        assertThat(ReadableFiles.region().parse(folder.toString()).detail()).startsWith("it is a folder");
        assertThat(ReadableFiles.region().parse("/").detail()).startsWith("it is a folder");
        assertThat(ReadableFiles.region().parse("/dev/zero").detail()).startsWith("it is a device");
        assertThat(ReadableFiles.region().parse(file + "/frames").detail()).isEqualTo(file + " is no folder");
    }

    @Test
    void recognisesNatsCredentials() throws IOException {
        Path creds = Files.writeString(folder.resolve("user.creds"), NATS_CREDENTIALS);
        Path seed = Files.writeString(folder.resolve("user.nk"), NATS_SEED + "\n");

        assertThat(ReadableFiles.natsCredentials().parse(creds.toString()).value()).contains(creds);
        assertThat(ReadableFiles.natsCredentials().parse(seed.toString()).value()).contains(seed);
    }

    @Test
    void saysWhatIsWrongWithNatsCredentialsAndQuotesNothing() throws IOException {
        Path other = Files.writeString(folder.resolve("other"), "something else");
        Path noSeed = Files.writeString(folder.resolve("jwt"), NATS_CREDENTIALS.replace(NATS_SEED, ""));
        Path damaged = Files.writeString(folder.resolve("damaged"), NATS_CREDENTIALS.replace("SUAAA", "SUAAB"));

        assertThat(ReadableFiles.natsCredentials().parse(other.toString()).detail()).isEqualTo("it contains no NKey seed");
        assertThat(ReadableFiles.natsCredentials().parse(noSeed.toString()).detail()).isEqualTo("it contains no NKey seed");
        assertThat(ReadableFiles.natsCredentials().parse(damaged.toString()).detail()).isEqualTo("the NKey seed has a wrong checksum");
    }
}

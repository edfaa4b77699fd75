package io.sdros.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The packages of a module lie in layers. The root, which puts things together, uses those below it; none of those uses
 * the root, or, through others, itself.
 */
class PackageLayersTest {

    @TempDir
    private Path sources;

    /** Of the whole project: every folder with the sources of a module. */
    static List<Path> modules() throws IOException {
        try (Stream<Path> folders = Files.list(Path.of("").toAbsolutePath().getParent())) {
            return folders.map(folder -> folder.resolve("src/main/java")).filter(Files::isDirectory).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("modules")
    void everyModuleKeepsToIt(Path module) throws IOException {
        assertThat(new SourcePackages(module).violations()).isEmpty();
    }

    @Test
    void findsTheseSources() throws IOException {
        assertThat(new SourcePackages(Path.of("src/main/java")).sizes())
                .containsKeys("io.sdros.server", "io.sdros.server.settings", "io.sdros.server.tls");
    }

    @Test
    void aUseOfTheRootPointsUp() throws IOException {
        source("a", "Main", "import a.tls.Keys; final class Main { }");
        source("a.tls", "Keys", "import a.Main; final class Keys { }");

        assertThat(new SourcePackages(sources).violations()).containsExactly("a.tls.Keys uses a.Main, which is above it");
    }

    @Test
    void aCircleIsFoundHoweverLong() throws IOException {
        source("a", "Main", "import a.tls.Keys; final class Main { }");
        source("a.tls", "Keys", "import static a.text.Words.word; final class Keys { }");
        source("a.text", "Words", "final class Words { a.settings.Settings settings; }");
        source("a.settings", "Settings", "import a.tls.Keys; final class Settings { }");

        assertThat(new SourcePackages(sources).violations()).hasSize(3)
                .allMatch(line -> line.contains("is in a circle"));
    }

    @Test
    void whatIsUsedInOneDirectionIsNoCircle() throws IOException {
        source("a", "Main", "import a.tls.Keys; final class Main { }");
        source("a.tls", "Keys", "import a.text.Words; /** Not {@code a.Main}. */ final class Keys { String name = \"a.Main\"; }");
        source("a.settings", "Settings", "import a.tls.Keys; import a.text.Words; final class Settings { }");
        source("a.text", "Words", "final class Words { } // for a.tls.Keys");

        assertThat(new SourcePackages(sources).violations()).isEmpty();
    }

    @Test
    void theRootsPublicWordsMayBeUsedByAll() throws IOException {
        source("a", "Reply", "\npublic record Reply(Status status) { }");
        source("a", "Status", "\npublic enum Status { OK }");
        source("a.http", "Routes", "import a.Reply; final class Routes { }");

        assertThat(new SourcePackages(sources).violations()).isEmpty();
    }

    @Test
    void butNotThoseThatUseWhatIsBelow() throws IOException {
        source("a", "Reply", "\npublic record Reply(Status status) { }");
        source("a", "Status", "import a.http.Routes;\npublic enum Status { OK }");
        source("a.http", "Routes", "import a.Reply; final class Routes { }");

        assertThat(new SourcePackages(sources).violations()).containsExactly("a.http.Routes uses a.Reply, which is above it");
    }

    private void source(String packageName, String name, String code) throws IOException {
        Path folder = Files.createDirectories(sources.resolve(packageName.replace('.', '/')));
        Files.writeString(folder.resolve(name + ".java"), "package " + packageName + "; " + code);
    }
}

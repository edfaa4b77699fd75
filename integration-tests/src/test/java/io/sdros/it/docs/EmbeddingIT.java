package io.sdros.it.docs;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.Tool;
import io.sdros.it.support.WorkDirectory;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The README's example of reading frames, in a Maven project of its own that finds the libraries in a local repository
 * as {@code mvnw install} fills it; run with nothing but {@code java.base}, on the class path and on the module path.
 */
final class EmbeddingIT {

    private static final Duration BUILDING = Duration.ofSeconds(300);
    private static final Pattern EXAMPLE =
            Pattern.compile("```java\\R((?:(?!```).)*public class Watch \\{.*?)```", Pattern.DOTALL);
    private static final String MODULE = "module example { requires io.sdros.shm.reader; }\n";

    @Test
    void theReadmeExampleRunsOnTheClassPath() throws IOException {
        Path project = project("class-path", example());
        build(project);

        assertThat(dependencies(project)).containsExactlyInAnyOrder("shm-protocol-0.1.0.jar", "shm-reader-0.1.0.jar");
        assertShowsFrames(List.of("java.base", "-cp", project.resolve("target/classes") + File.pathSeparator
                + project.resolve("target/dependency") + "/*", "Watch"));
    }

    @Test
    void theReadmeExampleRunsOnTheModulePath() throws IOException {
        // Modules have no unnamed package.
        Path project = project("module-path", "package example;\n" + example());
        Files.writeString(project.resolve("src/main/java/module-info.java"), MODULE);
        build(project);

        assertShowsFrames(List.of("java.base,io.sdros.shm.reader", "-p", project.resolve("target/classes") + File.pathSeparator
                + project.resolve("target/dependency"), "-m", "example/example.Watch"));
    }

    @Test
    void theReadmeExampleHasFifteenLines() throws IOException {
        assertThat(example().strip().lines().toList()).hasSizeLessThanOrEqualTo(15);
    }

    private static String example() throws IOException {
        Matcher matcher = EXAMPLE.matcher(Files.readString(Tool.repositoryFile("README.md")));
        assertThat(matcher.find()).as("README.md shows class Watch").isTrue();
        return matcher.group(1);
    }

    private static Path project(String name, String source) throws IOException {
        Path project = Files.createTempDirectory(WorkDirectory.path(), "embedding-" + name + "-");
        Path sources = Files.createDirectories(project.resolve("src/main/java"));
        Files.copy(Path.of("src/test/embedding/pom.xml"), project.resolve("pom.xml"));
        Path folder = source.startsWith("package ") ? Files.createDirectories(sources.resolve("example")) : sources;
        Files.writeString(folder.resolve("Watch.java"), source);
        return project;
    }

    /** By the wrapper; what is neither in the repository of the built jars nor in the user's comes from Maven Central. */
    private static void build(Path project) throws IOException {
        Path top = Tool.repositoryFile("").toAbsolutePath().normalize();
        Path builtJars = Path.of(System.getProperty("sdr.local.repository", "target/local-repository"));
        // Installing the libraries installs this too; the plugin that fills the repository copies their own only.
        Path parent = Files.createDirectories(builtJars.resolve("io/sdros/sdr-transport/0.1.0"));
        Files.copy(top.resolve("pom.xml"), parent.resolve("sdr-transport-0.1.0.pom"), REPLACE_EXISTING);
        List<String> command = List.of(top.resolve("mvnw").toString(), "--batch-mode", "--no-transfer-progress", "-q",
                "-f", project.resolve("pom.xml").toAbsolutePath().toString(),
                "-Dmaven.repo.local=" + builtJars.toAbsolutePath(),
                "-Dmaven.repo.local.tail=" + System.getProperty("sdr.user.repository", userRepository()), "compile");
        ChildProcess.run("embedding-build", command, Map.of("JAVA_HOME", System.getProperty("java.home")), BUILDING);
    }

    private static String userRepository() {
        return Path.of(System.getProperty("user.home"), ".m2", "repository").toString();
    }

    private static List<String> dependencies(Path project) throws IOException {
        try (Stream<Path> jars = Files.list(project.resolve("target/dependency"))) {
            return jars.map(jar -> jar.getFileName().toString()).toList();
        }
    }

    private static void assertShowsFrames(List<String> javaArguments) {
        try (TempRegion region = TempRegion.create()) {
            RegionWriter writer = RegionWriter.open(region.path());
            List<String> command = new ArrayList<>(List.of(Tool.java(), "--limit-modules"));
            command.addAll(javaArguments);
            command.add(region.path().toString());
            writer.keyframe(5000);
            try (ChildProcess watch = ChildProcess.start("watch", command)) {
                watch.awaitLine(Pattern.compile("^frame 1: 5000 bytes, keyframe true$"), Deadlines.START);
                writer.delta(77);
                watch.awaitLine(Pattern.compile("^frame 2: 77 bytes, keyframe false$"), Deadlines.SOON);
                watch.say("");
                assertThat(watch.awaitExit(Deadlines.SOON)).isZero();
            }
        }
    }
}

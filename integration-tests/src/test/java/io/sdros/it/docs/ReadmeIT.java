package io.sdros.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.Tool;
import io.sdros.it.support.VideoFrame;
import io.sdros.it.support.WorkDirectory;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** What README.md shows and says, tried out and held against the files it speaks of. */
final class ReadmeIT {

    private static final Path JARS = Path.of(System.getProperty("sdr.module.path", "target/modulepath"));
    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL);
    private static final Pattern CLASS = Pattern.compile("public class (\\w+)");

    private final String readme = Files.readString(Tool.repositoryFile("README.md"));

    ReadmeIT() throws IOException {
    }

    @Test
    void everyJavaExampleCompilesAsItStands() throws IOException {
        Path classes = compileExamples();

        assertThat(classes.resolve("Produce.class")).isRegularFile();
        assertThat(classes.resolve("Watch.class")).isRegularFile();
    }

    @Test
    void theProducerInJavaCommitsOneKeyframe() throws IOException {
        Path classes = compileExamples();
        byte[] picture = {0, 0, 0, 1, 0x65, 1, 2, 3};
        try (TempRegion region = TempRegion.create()) {
            try (ChildProcess producer = ChildProcess.start("produce", List.of(Tool.java(), "-cp",
                    classes + File.pathSeparator + libraries(), "Produce", region.path().toString()))) {
                producer.send(picture);
                producer.endInput();
                assertThat(producer.awaitExit(Deadlines.START)).isZero();
            }

            ByteBuffer stored = ByteBuffer.wrap(Files.readAllBytes(region.path())).order(ByteOrder.LITTLE_ENDIAN);
            assertThat(stored.getLong(0)).as("sequence").isEqualTo(1);
            assertThat(stored.getLong(8)).as("write length").isEqualTo(32 + picture.length);
            assertThat(stored.getShort(36)).as("flags").isEqualTo((short) VideoFrame.KEYFRAME);
            assertThat(Arrays.copyOfRange(stored.array(), 48, 48 + picture.length)).isEqualTo(picture);
        }
    }

    /** So that whoever may not install anything knows what to ask for. */
    @Test
    void itsListOfPackagesIsWhatTheTestCommandInstalls() throws IOException {
        String run = Files.readString(Tool.repositoryFile(".ci/run"));
        Set<String> installed = new TreeSet<>();
        for (String pair : group(run, "for pair in ((?:[^;]|\\R)*?); do").replace("\\", " ").strip().split("\\s+")) {
            installed.add(pair.substring(pair.indexOf(':') + 1));
        }
        Pattern.compile("missing\\+=\\(([a-z0-9.+-]+)\\)").matcher(run).results().map(found -> found.group(1))
                .forEach(installed::add);

        Set<String> listed = new TreeSet<>(Arrays.asList(group(readme, "\\(Debian packages: ([^)]*)\\)").split(",\\s+")));
        assertThat(listed).isEqualTo(installed);
    }

    /** On a PATH that leads to nothing but what the script needs to look around. */
    @Test
    void whereNothingCanBeInstalledTheTestCommandSaysWhatIsMissing() throws IOException {
        Path programs = Files.createTempDirectory(WorkDirectory.path(), "programs-");
        for (String name : new String[] {"dirname", "sort"}) {
            Files.createSymbolicLink(programs.resolve(name), Path.of("/usr/bin", name));
        }
        assertThat(testCommand(programs)).contains("there is no apt-get", "ffmpeg", "chromium-driver");

        for (String name : new String[] {"apt-get", "id"}) {
            Path program = Files.writeString(programs.resolve(name), "#!/bin/sh\necho 1000\n");
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        }
        assertThat(testCommand(programs)).contains("takes root or sudo", "apt-get install", "ffmpeg", "chromium-driver");
    }

    private static String testCommand(Path programs) {
        try (ChildProcess run = ChildProcess.start("test-command", List.of("/bin/bash",
                Tool.repositoryFile(".ci/run").toString()), Map.of("PATH", programs.toString()))) {
            assertThat(run.awaitExit(Deadlines.SOON)).isEqualTo(1);
            return String.join("\n", run.lines());
        }
    }

    @Test
    void theFirstCommandIsShort() {
        String first = group(readme, "```sh\\R(.*?)\\R```");

        assertThat(first).startsWith("./mvnw ").endsWith(" demo").hasSizeLessThanOrEqualTo(80).doesNotContain(" -D");
    }

    private static String group(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern, Pattern.DOTALL).matcher(text);
        assertThat(matcher.find()).as(pattern).isTrue();
        return matcher.group(1);
    }

    private static String libraries() throws IOException {
        try (var jars = Files.list(JARS)) {
            return jars.map(Path::toString).filter(name -> name.contains("shm-")).collect(Collectors.joining(File.pathSeparator));
        }
    }

    private Path compileExamples() throws IOException {
        Path folder = Files.createTempDirectory(WorkDirectory.path(), "readme-");
        List<Path> sources = new ArrayList<>();
        for (MatchResult block : JAVA_BLOCK.matcher(readme).results().toList()) {
            Path source = folder.resolve(group(block.group(1), CLASS.pattern()) + ".java");
            sources.add(Files.writeString(source, block.group(1)));
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            assertThat(compiler.getTask(said, files, null, List.of("-Xlint:all", "-Werror", "-d", folder.toString(),
                    "-cp", libraries()), null, files.getJavaFileObjectsFromPaths(sources)).call()).as(said.toString()).isTrue();
        }
        return folder;
    }
}

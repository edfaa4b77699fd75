package io.sdros.shm.reader;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.shm.protocol.ShmWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The examples on the package pages of both libraries: compiled as they stand there, without a warning, and run. */
@Timeout(60)
class PackageExamplesTest {

    private static final Path READER = Path.of("src/main/java/io/sdros/shm/reader/package-info.java");
    private static final Path PROTOCOL = Path.of("../shm-protocol/src/main/java/io/sdros/shm/protocol/package-info.java");
    private static final Pattern EXAMPLE = Pattern.compile("<pre>\\{@code\\n(.*?) \\* }</pre>", Pattern.DOTALL);
    private static final Pattern NAME = Pattern.compile("public class (\\w+)");
    private static final byte[] PICTURE = "a picture".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path folder;

    private void compileExamplesOf(Path page) throws IOException {
        String classPath = Stream.of(ShmFrameStream.class, ShmWriter.class)
                .map(PackageExamplesTest::location).map(Path::toString)
                .collect(Collectors.joining(System.getProperty("path.separator")));
        Matcher examples = EXAMPLE.matcher(Files.readString(page));
        while (examples.find()) {
            String source = examples.group(1).replaceAll("(?m)^ \\* ?", "");
            Matcher name = NAME.matcher(source);
            assertThat(name.find()).as(source).isTrue();
            Path file = Files.writeString(folder.resolve(name.group(1) + ".java"), source);
            ByteArrayOutputStream said = new ByteArrayOutputStream();
            int failed = ToolProvider.findFirst("javac").orElseThrow().run(new PrintStream(said), new PrintStream(said),
                    "--release", "17", "-Xlint:all", "-Werror", "-cp", classPath, "-d", folder.toString(), file.toString());
            assertThat(failed).as(said.toString(StandardCharsets.UTF_8)).isZero();
        }
    }

    private static Path location(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /** Runs an example until the condition holds, then interrupts it. */
    private void run(String name, BooleanSupplier until, String... arguments) throws Exception {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        try (URLClassLoader examples = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
            Class<?> program = examples.loadClass(name);
            Thread running = new Thread(() -> {
                try {
                    program.getMethod("main", String[].class).invoke(null, (Object) arguments);
                } catch (InvocationTargetException e) {
                    thrown.set(e.getCause());
                } catch (ReflectiveOperationException e) {
                    thrown.set(e);
                }
            });
            running.start();
            long startedNanos = System.nanoTime();
            while (!until.getAsBoolean() && running.isAlive()) {
                assertThat(System.nanoTime() - startedNanos).as(name).isLessThan(30_000_000_000L);
                LockSupport.parkNanos(1_000_000);
            }
            boolean done = until.getAsBoolean();
            running.interrupt();
            running.join();
            assertThat(done).as("%s was done before it ended, with %s", name, thrown.get()).isTrue();
            assertThat(thrown.get()).satisfiesAnyOf(
                    nothing -> assertThat(nothing).isNull(),
                    // The second if it was at the end of writing what the condition waits for.
                    interrupt -> assertThat(interrupt).isInstanceOfAny(InterruptedException.class, ClosedByInterruptException.class));
        }
    }

    private static boolean holds(Path file, byte[] bytes) {
        try {
            return Files.exists(file) && Arrays.equals(Files.readAllBytes(file), bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static int sequenceOf(Path region) {
        try {
            byte[] bytes = Files.exists(region) ? Files.readAllBytes(region) : new byte[0];
            return bytes.length == 0 ? 0 : bytes[0];
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatTheOneWritesTheOthersRead() throws Exception {
        compileExamplesOf(PROTOCOL);
        compileExamplesOf(READER);
        String region = folder.resolve("region").toString();
        Path picture = Files.write(folder.resolve("picture"), PICTURE);
        Path recorded = folder.resolve("recorded");
        run("ShowPicture", () -> sequenceOf(Path.of(region)) == 1, region, picture.toString());
        run("Record", () -> holds(recorded, PICTURE), region, recorded.toString());
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            run("PrintSizes", () -> printed.toString(StandardCharsets.UTF_8).contains("1: 9 bytes"), region);
        } finally {
            System.setOut(before);
        }
    }
}

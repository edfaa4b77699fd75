package io.sdros.it.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Lets the fuzzer look for something new, by the command that the docs name, for as long as the build allows. */
class FuzzIT {

    private static final Path FOLDER = Path.of(System.getProperty("sdr.fuzz.folder", "")).toAbsolutePath();
    private static final int SECONDS = Integer.getInteger("sdr.fuzz.seconds", 60);
    /** For starting, for instrumenting, for reading the corpus, and for an input that takes long. */
    private static final int SPARE_SECONDS = 180;
    private static final long FEWEST_RUNS = 1_000;
    private static final Pattern DONE = Pattern.compile("Done (\\d+) runs in");

    @Test
    void theFuzzerFindsNothing() throws IOException, InterruptedException {
        Path output = FOLDER.resolve("target/fuzzer.txt");
        ProcessBuilder builder = new ProcessBuilder("./run", Integer.toString(SECONDS))
                .directory(FOLDER.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process fuzzer = builder.start();
        try {
            assertThat(fuzzer.waitFor(SECONDS + SPARE_SECONDS, TimeUnit.SECONDS))
                    .as("it has ended; its output is in %s", output).isTrue();
        } finally {
            fuzzer.destroyForcibly();
        }
        String said = Files.readString(output);
        assertThat(fuzzer.exitValue()).as("exit status; it said%n%s", end(said)).isZero();
        Matcher done = DONE.matcher(said);
        assertThat(done.find()).as("it says how many runs it made: %s", end(said)).isTrue();
        System.out.println("Jazzer, " + SECONDS + " s: " + done.group(1) + " runs, no finding");
        assertThat(Long.parseLong(done.group(1))).isGreaterThan(FEWEST_RUNS);
    }

    private static String end(String said) {
        return said.substring(Math.max(0, said.length() - 6_000));
    }
}

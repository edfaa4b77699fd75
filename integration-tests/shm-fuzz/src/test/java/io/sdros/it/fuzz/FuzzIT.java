package io.sdros.it.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Lets both fuzzers look for something new, side by side, by the command that the docs name, for as long as the build
 * allows.
 */
class FuzzIT {

    private static final Path FOLDER = Path.of(System.getProperty("sdr.fuzz.folder", "")).toAbsolutePath();
    private static final int SECONDS = Integer.getInteger("sdr.fuzz.seconds", 60);
    /** For starting, for instrumenting, for reading the corpus, and for an input that takes long. */
    private static final int SPARE_SECONDS = 180;
    private static final long FEWEST_RUNS = 300;
    private static final Pattern DONE = Pattern.compile("Done (\\d+) runs in");

    /** A fuzzer at work. */
    private record Fuzzer(String target, Path output, Process process) {

        static Fuzzer start(String target) throws IOException {
            Path output = FOLDER.resolve("target/fuzzer-" + target + ".txt");
            ProcessBuilder builder = new ProcessBuilder("./run", Integer.toString(SECONDS), target)
                    .directory(FOLDER.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            return new Fuzzer(target, output, builder.start());
        }

        void assertNothingFound() throws IOException, InterruptedException {
            assertThat(process.waitFor(SECONDS + SPARE_SECONDS, TimeUnit.SECONDS))
                    .as("it has ended; its output is in %s", output).isTrue();
            String said = Files.readString(output);
            assertThat(process.exitValue()).as("exit status; it said%n%s", end(said)).isZero();
            Matcher done = DONE.matcher(said);
            assertThat(done.find()).as("it says how many runs it made: %s", end(said)).isTrue();
            System.out.println("Jazzer, " + target + ", " + SECONDS + " s: " + done.group(1) + " runs, no finding");
            assertThat(Long.parseLong(done.group(1))).isGreaterThan(FEWEST_RUNS);
        }
    }

    @Test
    void theFuzzersFindNothing() throws IOException, InterruptedException {
        List<Fuzzer> fuzzers = new ArrayList<>();
        try {
            for (String target : List.of("region", "history")) {
                fuzzers.add(Fuzzer.start(target));
            }
            for (Fuzzer fuzzer : fuzzers) {
                fuzzer.assertNothingFound();
            }
        } finally {
            fuzzers.forEach(fuzzer -> fuzzer.process.destroyForcibly());
        }
    }

    private static String end(String said) {
        return said.substring(Math.max(0, said.length() - 6_000));
    }
}

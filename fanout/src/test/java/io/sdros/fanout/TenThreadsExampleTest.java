package io.sdros.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The module alone, as the documentation shows it. */
class TenThreadsExampleTest {

    private static final Path SOURCE = Path.of("src/test/java/io/sdros/fanout/TenThreadsExample.java");
    private static final Path DOCUMENTATION = Path.of("../docs/embedding.md");
    private static final Path PACKAGE_PAGE = Path.of("src/main/java/io/sdros/fanout/package-info.java");
    private static final int MOST_LINES = 20;
    private static final int LINES = 50;
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(60);

    @Test
    void tenThreadsPrintEveryLineInOrder() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream out = System.out;
        InputStream in = System.in;
        String input = IntStream.range(0, LINES).mapToObj(i -> "line " + i + "\n").collect(Collectors.joining());
        try {
            System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            TenThreadsExample.main(new String[0]);
            long deadline = System.nanoTime() + DEADLINE_NANOS;
            while (lines(printed).size() < 10 * LINES && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
        } finally {
            System.setOut(out);
            System.setIn(in);
        }
        assertThat(lines(printed).stream().collect(Collectors.groupingBy(line -> line.substring(0, line.indexOf(':')),
                Collectors.mapping(line -> line.substring(line.indexOf(':') + 2), Collectors.joining("\n", "", "\n")))))
                .hasSize(10).allSatisfy((thread, its) -> assertThat(its).as(thread).isEqualTo(input));
    }

    private static List<String> lines(ByteArrayOutputStream printed) {
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void isShortAndTheOneThatIsDocumented() throws Exception {
        List<String> source = Files.readAllLines(SOURCE);
        int first = source.indexOf("    public static void main(String[] args) {");
        List<String> example = source.subList(first, source.size() - 1);
        assertThat(example.stream().filter(line -> !line.isBlank())).hasSizeLessThanOrEqualTo(MOST_LINES);
        String shown = String.join("\n", example).stripIndent();
        assertThat(Files.readString(DOCUMENTATION)).contains(shown);
        assertThat(packagePage()).contains(shown);
    }

    /** Without the asterisks of the comment. */
    private static String packagePage() throws Exception {
        try (Stream<String> lines = Files.lines(PACKAGE_PAGE)) {
            return lines.map(line -> line.replaceFirst("^ \\* ?", "")).collect(Collectors.joining("\n"));
        }
    }
}

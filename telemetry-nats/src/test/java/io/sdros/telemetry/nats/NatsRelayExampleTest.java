package io.sdros.telemetry.nats;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The module alone, as the documentation shows it. */
class NatsRelayExampleTest {
    private static final Path SOURCE = Path.of("src/test/java/io/sdros/telemetry/nats/NatsRelayExample.java");
    private static final Path DOCUMENTATION = Path.of("../docs/telemetry.md");
    private static final int MOST_LINES = 15;

    @TempDir
    Path folder;

    @Tag("tools")
    @Test
    void receivesAndPublishes() throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream before = System.out;
        List<String> requests = Collections.synchronizedList(new ArrayList<>());
        try (NatsServer server = NatsServer.running(folder); TestClient other = new TestClient(server.url())) {
            other.subscribe("control.request_idr",
                    (subject, payload) -> requests.add(new String(payload, StandardCharsets.UTF_8)));
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            Thread example = new Thread(() -> run(server.url()), "example");
            example.start();
            Eventually.await("a request", () -> requests.equals(List.of("{}")));
            other.publish("telemetry.pose", new byte[24]);
            Eventually.await("a line", () -> printed.toString(StandardCharsets.UTF_8).contains("telemetry.pose: 24 bytes"));
            example.interrupt();
            example.join();
        } finally {
            System.setOut(before);
        }
    }

    @Test
    void isShortAndTheOneThatIsDocumented() throws Exception {
        List<String> lines = Files.readAllLines(SOURCE);
        int first = lines.indexOf("    public static void main(String[] args) throws InterruptedException {");
        List<String> example = lines.subList(first, lines.size() - 1);
        assertThat(example).hasSizeLessThanOrEqualTo(MOST_LINES);
        assertThat(Files.readString(DOCUMENTATION)).contains(String.join("\n", example).stripIndent());
        assertThat(lines).noneMatch(line -> line.contains("io.nats"));
    }

    private static void run(String url) {
        try {
            NatsRelayExample.main(new String[] {url});
        } catch (InterruptedException e) {
            // How the test ends the example; its thread ends with this.
            Thread.currentThread().interrupt();
        }
    }
}

package io.sdros.telemetry.nats;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** What is logged while it is open. The simple logger looks up the error stream for every line. */
final class CapturedLog implements AutoCloseable {
    private final PrintStream original = System.err;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    CapturedLog() {
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    }

    String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    long lines(String containing) {
        return text().lines().filter(line -> line.contains(containing)).count();
    }

    @Override
    public void close() {
        System.setErr(original);
        original.print(text());
    }
}

package io.sdros.it.stress;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that ends with {@link #close}, or by itself when this one is gone: its standard input ends then. */
public final class Child implements AutoCloseable {

    private final Process process;
    private final BufferedReader output;

    private Child(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Starts the command; its error output is this process's. */
    public static Child start(List<String> command) throws IOException {
        return new Child(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    /** Waits for the line; anything else, or the end of the output, is an error. */
    public void expect(String line) throws IOException {
        String said = hear();
        if (!line.equals(said)) {
            throw new IOException("expected \"" + line + "\", got \"" + said + "\"");
        }
    }

    /** Waits for a line that begins so, and answers it; any other, or the end of the output, is an error. */
    public String expectStart(String start) throws IOException {
        String said = hear();
        if (!said.startsWith(start)) {
            throw new IOException("expected \"" + start + "…\", got \"" + said + "\"");
        }
        return said;
    }

    /** The next line; the end of the output is an error. */
    public String hear() throws IOException {
        String said = output.readLine();
        if (said == null) {
            throw new IOException("process " + process.pid() + " has nothing more to say");
        }
        return said;
    }

    /** Writes a line to its standard input. */
    public void say(String line) throws IOException {
        Writer input = process.outputWriter(StandardCharsets.UTF_8);
        input.write(line + "\n");
        input.flush();
    }

    /** Whether it still runs. */
    public boolean alive() {
        return process.isAlive();
    }

    /** Its process number. */
    public long pid() {
        return process.pid();
    }

    /** SIGKILL; returns when the process is gone, and gives its pipes back. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("process " + process.pid() + " survives SIGKILL");
            }
            process.getOutputStream().close();
            process.getInputStream().close();
            process.getErrorStream().close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // A pipe to a process that is gone: nothing was to be said.
            return;
        }
    }
}

package io.sdros.it.support;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One process started by a test. Its output, standard and error together, goes to a file and is kept as lines.
 * It ends with {@link #close}, and with this JVM at the latest.
 */
public final class ChildProcess implements AutoCloseable {

    private final String name;
    private final Process process;
    private final Path log;
    private final Thread pump;
    private final Thread lastResort;
    private final List<String> lines = new CopyOnWriteArrayList<>();

    private ChildProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
        this.pump = new Thread(this::pumpOutput, name + "-output");
        this.pump.setDaemon(true);
        this.lastResort = new Thread(process::destroyForcibly, name + "-last-resort");
    }

    public static ChildProcess start(String name, List<String> command, Map<String, String> environment) {
        Path log = WorkDirectory.newFile(name, ".log");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // What the caller's shell happens to have set is no part of a test.
        builder.environment().keySet().removeIf(variable -> variable.startsWith("SDR_"));
        builder.environment().putAll(environment);
        try {
            ChildProcess child = new ChildProcess(name, builder.start(), log);
            Runtime.getRuntime().addShutdownHook(child.lastResort);
            child.pump.start();
            return child;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command.get(0), e);
        }
    }

    public static ChildProcess start(String name, List<String> command) {
        return start(name, command, Map.of());
    }

    /** Runs a process to its end, which must be exit code 0, and returns its output. */
    public static String run(String name, List<String> command, Duration deadline) {
        return run(name, command, Map.of(), deadline);
    }

    /** As above, with variables added to the environment. */
    public static String run(String name, List<String> command, Map<String, String> environment, Duration deadline) {
        try (ChildProcess child = start(name, command, environment)) {
            int exitCode = child.awaitExit(deadline);
            if (exitCode != 0) {
                throw new AssertionError(name + " ended with " + exitCode + child.tail());
            }
            return child.output();
        }
    }

    private void pumpOutput() {
        try (BufferedReader reader =
                        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
                BufferedWriter file = Files.newBufferedWriter(log)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                file.write(line);
                file.newLine();
                file.flush();
                lines.add(line);
            }
        } catch (IOException e) {
            lines.add("[output lost: " + e + "]");
        }
    }

    /** The first line with a match, in what was or will be written. Fails at once if the process ends without one. */
    public Matcher awaitLine(Pattern pattern, Duration deadline) {
        return Await.value(() -> name + " says " + pattern + tail(), deadline, () -> {
            boolean ended = !process.isAlive() && !pump.isAlive();
            Optional<Matcher> match = firstMatch(pattern);
            if (match.isEmpty() && ended) {
                throw new AssertionError(
                        name + " ended with " + process.exitValue() + " and never said " + pattern + tail());
            }
            return match;
        });
    }

    private Optional<Matcher> firstMatch(Pattern pattern) {
        return lines.stream().map(pattern::matcher).filter(Matcher::find).findFirst();
    }

    /** Everything written so far. */
    public List<String> lines() {
        return new ArrayList<>(lines);
    }

    public String output() {
        return String.join("\n", lines);
    }

    private String tail() {
        List<String> all = lines();
        return "\n  log: " + log + "\n  " + String.join("\n  ", all.subList(Math.max(0, all.size() - 20), all.size()));
    }

    /** As kill(1) takes it: -STOP, -CONT, … */
    public void signal(String name) {
        run("kill", List.of(Tool.command("kill"), name, Long.toString(pid())), Deadlines.SOON);
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Writes a line to the process's standard input. */
    public void say(String line) {
        send((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Writes bytes to the process's standard input. */
    public void send(byte[] bytes) {
        try {
            OutputStream input = process.getOutputStream();
            input.write(bytes);
            input.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(name + " does not read on" + tail(), e);
        }
    }

    /** The process finds the end of its standard input. */
    public void endInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SIGTERM; returns at once. */
    public void terminate() {
        // Not process.destroy(), which also closes its output: what it says while it stops would be lost.
        process.toHandle().destroy();
    }

    /** SIGKILL; returns when the process is gone. */
    public void kill() {
        process.destroyForcibly();
        awaitExit(Deadlines.SOON);
    }

    /** The exit code, once all output has been read too. */
    public int awaitExit(Duration deadline) {
        try {
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(name + " still runs after " + deadline.toMillis() + " ms" + tail());
            }
            pump.join(Deadlines.SOON.toMillis());
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for the end of " + name, e);
        }
    }

    /**
     * As {@link #awaitExit}, for a deadline that is promised to users: what the machine keeps threads waiting meanwhile does not
     * count.
     */
    public int awaitPromisedExit(Duration deadline) {
        try (StallMeter stalls = StallMeter.start()) {
            long beganNanos = System.nanoTime();
            Await.value(() -> name + " ends" + tail(), deadline.plus(Deadlines.START), () -> {
                long takenNanos = System.nanoTime() - beganNanos;
                if (process.isAlive() && takenNanos > deadline.plus(stalls.since(beganNanos)).toNanos()) {
                    throw new AssertionError(name + " still runs after " + takenNanos / 1_000_000 + " ms" + tail());
                }
                return process.isAlive() ? Optional.empty() : Optional.of(true);
            });
        }
        return awaitExit(Deadlines.SOON);
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        kill();
        try {
            Runtime.getRuntime().removeShutdownHook(lastResort);
        } catch (IllegalStateException e) {
            // This JVM is shutting down already and the hook runs.
            return;
        }
    }
}

package io.sdros.it.support;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process that feeds a clip into a region at its own pace, and knows only the contract's table. */
public final class PythonWriter implements AutoCloseable {

    private static final Pattern READY = Pattern.compile("^region ready ");
    private static final Pattern FIRST = Pattern.compile("^first frame written");
    private static final Pattern KEYFRAME = Pattern.compile("^keyframe (\\d+) at (\\d+)");
    private static final Pattern WROTE = Pattern.compile("^wrote (\\d+) frames");

    private final ChildProcess process;

    private PythonWriter(ChildProcess process) {
        this.process = process;
    }

    /** Starts it, with options of {@code contract_writer.py}; returns once the region is there. */
    public static PythonWriter start(Path clip, TempRegion region, String... options) {
        List<String> command = new ArrayList<>(List.of(Tool.command("python3"),
                Tool.pythonScript("contract_writer.py"), clip.toString(), region.path().toString()));
        command.addAll(List.of(options));
        PythonWriter writer = new PythonWriter(ChildProcess.start("writer", command));
        try {
            writer.process.awaitLine(READY, Deadlines.START);
            return writer;
        } catch (RuntimeException | Error e) {
            writer.close();
            throw e;
        }
    }

    /** Lets a writer that was started with {@code --wait} go on. */
    public void go() {
        process.say("go");
    }

    /** Returns soon after the first frame was written. */
    public void awaitFirstFrame() {
        process.awaitLine(FIRST, Deadlines.SOON);
    }

    /** A keyframe that was written; {@code nanos} is {@link System#nanoTime} just after. */
    public record Keyframe(long frameId, long nanos) {
    }

    /** All keyframes until now, in order, if the writer was started with {@code --tell-keyframes}. */
    public List<Keyframe> keyframes() {
        return process.lines().stream().map(KEYFRAME::matcher).filter(Matcher::find)
                .map(line -> new Keyframe(Long.parseLong(line.group(1)), Long.parseLong(line.group(2)))).toList();
    }

    /** The number of frames written, once the clip has ended. */
    public int awaitFramesWritten(Duration deadline) {
        int frames = Integer.parseInt(process.awaitLine(WROTE, deadline).group(1));
        process.awaitExit(deadline);
        return frames;
    }

    /** SIGKILL: the region stays as it was at that moment. */
    public void kill() {
        process.kill();
    }

    @Override
    public void close() {
        process.close();
    }
}

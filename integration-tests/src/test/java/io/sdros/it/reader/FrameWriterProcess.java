package io.sdros.it.reader;

import io.sdros.it.support.Await;
import io.sdros.it.support.CProgram;
import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.Tool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/** A process that writes frames, one by one as it is told, through one of the writers for producers. */
final class FrameWriterProcess implements AutoCloseable {

    private static final Pattern READY = Pattern.compile("^ready");
    private static final Path C_SOURCE = Path.of("src", "test", "c", "write_frames.c");

    /** Which writer. */
    enum Language {
        PYTHON, C, CPP, JAVA
    }

    private final ChildProcess process;
    private int answers;

    private FrameWriterProcess(ChildProcess process) {
        this.process = process;
    }

    /** Starts it, without a history; returns once the region is there. */
    static FrameWriterProcess start(Language language, TempRegion region, int regionBytes, boolean crc) {
        return start(language, region, regionBytes, 0, crc);
    }

    static FrameWriterProcess start(Language language, TempRegion region, int regionBytes, int historyBytes, boolean crc) {
        String[] arguments = {region.path().toString(), Integer.toString(regionBytes), crc ? "on" : "off",
                Integer.toString(historyBytes)};
        FrameWriterProcess writer = new FrameWriterProcess(
                ChildProcess.start("write-frames-" + language, command(language, arguments)));
        try {
            writer.process.awaitLine(READY, Deadlines.START);
            return writer;
        } catch (RuntimeException | Error e) {
            writer.close();
            throw e;
        }
    }

    private static List<String> command(Language language, String... arguments) {
        List<String> command = new ArrayList<>(switch (language) {
            case PYTHON -> List.of(Tool.command("python3"), Tool.pythonScript("write_frames.py"),
                    Tool.repositoryFile("docs/examples").toString());
            case C -> List.of(CProgram.compile(C_SOURCE).toString());
            case CPP -> List.of(CProgram.compileAsCpp(C_SOURCE).toString());
            case JAVA -> LibraryProgram.command("WriteFrames");
        });
        command.addAll(List.of(arguments));
        return command;
    }

    /** Writes one frame; false if the writer refused it. Returns once it has been done. */
    boolean write(long frameId, int flags, int codec, byte[] payload) {
        return write(frameId, flags, codec, payload, 0);
    }

    boolean write(long frameId, int flags, int codec, byte[] payload, long captureNanos) {
        return write(Long.toUnsignedString(frameId) + " " + flags + " " + codec + " "
                + (payload.length == 0 ? "-" : HexFormat.of().formatHex(payload))
                + (captureNanos == 0 ? "" : " " + captureNanos));
    }

    /** As above, from the line that says all of it. */
    boolean write(String frame) {
        process.say(frame);
        int expected = ++answers;
        // The first line was "ready".
        Await.until("the writer has answered", Deadlines.SOON, () -> process.lines().size() > expected);
        return process.lines().get(expected).startsWith("written ");
    }

    @Override
    public void close() {
        process.close();
    }
}

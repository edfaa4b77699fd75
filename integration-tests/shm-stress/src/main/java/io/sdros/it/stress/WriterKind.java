package io.sdros.it.stress;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The writers a reader has to cope with. */
enum WriterKind {

    /** The library's writer without a history, in another JVM: in-progress mark, barriers. */
    SHM_WRITER("java, our order"),
    /**
     * The library's writer with a history that holds few frames, over a mapping: so fast that it overtakes every reader again
     * and again.
     */
    SHM_HISTORY("java, history, mapped"),
    /** The same by position, as it is shipped; it takes ten times as long for a frame. */
    SHM_HISTORY_BY_POSITION("java, history"),
    /** Another JVM that stores in the old order with plain stores. */
    JAVA_LEGACY("java, old order, plain"),
    /** A Python process that stores in the old order, eight bytes of sequence at a time. */
    PYTHON_LEGACY("python, old order"),
    /** A Python process that stores in the old order and the sequence byte by byte, as struct.pack_into does. */
    PYTHON_BYTEWISE("python, old order, pack_into");

    private final String label;

    WriterKind(String label) {
        this.label = label;
    }

    /** Whether every frame is in a history. */
    boolean history() {
        return this == SHM_HISTORY || this == SHM_HISTORY_BY_POSITION;
    }

    String label() {
        return label;
    }

    /** The command that writes frames to the region at full speed until it is killed. */
    List<String> command(Path region, int regionBytes, Path contents, Path scripts) {
        List<String> command = new ArrayList<>();
        switch (this) {
            case SHM_WRITER, SHM_HISTORY, SHM_HISTORY_BY_POSITION, JAVA_LEGACY -> command.addAll(Programs.java(FullSpeedWriter.class));
            case PYTHON_LEGACY, PYTHON_BYTEWISE ->
                command.addAll(List.of("python3", scripts.resolve("full_speed_writer.py").toString()));
        }
        command.addAll(List.of(name(), region.toString(), Integer.toString(regionBytes), contents.toString()));
        return command;
    }
}

package io.sdros.it.support;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Processes that want all the processor time they can get, as others on a robot's computer do. They end with {@link #close}. */
public final class BusyWork implements AutoCloseable {

    /** Each is a compiler and a JVM by turns. */
    private static final int BUILDS = 6;

    private final List<ChildProcess> processes;

    private BusyWork(List<List<String>> commands) {
        processes = commands.stream().map(command -> ChildProcess.start("busy", command)).toList();
    }

    /** Loops that do nothing else. */
    public static BusyWork loops(int count) {
        return new BusyWork(Collections.nCopies(count, List.of("sh", "-c", "while :; do :; done")));
    }

    /** Compilers and JVMs that start, work for a moment and end. */
    public static BusyWork builds() {
        Path source = Tool.repositoryFile("docs/examples/producer.c");
        String build = "while :; do '" + Tool.command("cc") + "' -O2 -c -o /dev/null '" + source + "'; '" + Tool.java()
                + "' -version; done";
        return new BusyWork(new ArrayList<>(Collections.nCopies(BUILDS, List.of("sh", "-c", build))));
    }

    @Override
    public void close() {
        processes.forEach(ChildProcess::close);
    }
}

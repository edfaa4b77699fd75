package io.sdros.it;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** C compiled the way docs/examples/producer.h promises it can be. */
final class CProgram {

    private static final Duration COMPILING = Duration.ofSeconds(60);

    private CProgram() {
    }

    /** Compiles one file, any warning being an error, and returns the program. */
    static Path compile(Path source) {
        Path program = WorkDirectory.newFile("c-program", "");
        ChildProcess.run("cc", List.of(Tool.command("cc"), "-std=c11", "-Wall", "-Wextra", "-Werror", "-O2",
                "-I", Tool.repositoryFile("docs/examples").toString(), "-o", program.toString(), source.toString()),
                COMPILING);
        return program;
    }
}

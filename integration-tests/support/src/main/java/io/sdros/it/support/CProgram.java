package io.sdros.it.support;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** C, and C++, compiled the way docs/examples/producer.h promises it can be; each file once, however often it is asked for. */
public final class CProgram {

    private static final Duration COMPILING = Duration.ofSeconds(60);
    /** By the words for the compiler, without the name of the program. */
    private static final Map<List<String>, Path> COMPILED = new ConcurrentHashMap<>();

    private CProgram() {
    }

    /** Compiles one file as C11, any warning being an error, and returns the program. */
    public static Path compile(Path source) {
        return compile(source, "cc", "-std=c11", "-x", "c");
    }

    /** Compiles the same file as C++17. */
    public static Path compileAsCpp(Path source) {
        return compile(source, "c++", "-std=c++17", "-x", "c++");
    }

    private static Path compile(Path source, String compiler, String... language) {
        List<String> command = new ArrayList<>(List.of(Tool.command(compiler)));
        command.addAll(List.of(language));
        command.addAll(List.of("-Wall", "-Wextra", "-Werror", "-pedantic", "-O2",
                "-I", Tool.repositoryFile("docs/examples").toString(), source.toString()));
        return COMPILED.computeIfAbsent(command, words -> {
            Path program = WorkDirectory.newFile("c-program", "");
            List<String> whole = new ArrayList<>(words);
            whole.addAll(List.of("-o", program.toString()));
            ChildProcess.run(compiler, whole, COMPILING);
            return program;
        });
    }
}

package io.sdros.it.reader;

import io.sdros.it.support.Tool;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Programs of a single source file that use the packaged shm libraries: nothing else is on their class path. */
final class LibraryProgram {

    private static final String VERSION = System.getProperty("sdr.version", "0.1.0");
    private static final Path JARS = Path.of(System.getProperty("sdr.module.path", "target/modulepath"));

    private LibraryProgram() {
    }

    /** The command that runs {@code src/test/programs/NAME.java}. */
    static List<String> command(String name, String... arguments) {
        List<String> command = new ArrayList<>(List.of(Tool.java(), "-cp", jars(),
                Path.of("src", "test", "programs", name + ".java").toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    private static String jars() {
        return JARS.resolve("shm-protocol-" + VERSION + ".jar") + File.pathSeparator
                + JARS.resolve("shm-reader-" + VERSION + ".jar");
    }
}

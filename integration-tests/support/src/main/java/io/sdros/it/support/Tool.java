package io.sdros.it.support;

import java.nio.file.Path;

/** The programs the tests run. */
public final class Tool {

    private Tool() {
    }

    /** The command for a program: the system property {@code sdr.tool.NAME}, or the name to be found on the path. */
    public static String command(String name) {
        return System.getProperty("sdr.tool." + name, name);
    }

    /** The {@code java} of the JVM that runs the tests: the server is tested on the same one. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** A file of the repository, by its path from the repository's top. */
    public static Path repositoryFile(String path) {
        return Path.of("..").resolve(path);
    }

    public static String pythonScript(String name) {
        return Path.of(System.getProperty("sdr.python.scripts", "src/test/python"), name).toString();
    }
}

package io.sdros.it.stress;

import io.sdros.shm.protocol.ShmWriter;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How to start the other programs of this module. */
final class Programs {

    private Programs() {
    }

    /** The beginning of a command that runs a class of this module on the JVM that runs now. */
    static List<String> java(Class<?> main) {
        return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // Children are short-lived, and several share few cores.
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=4", "-Xshare:auto",
                "-cp", location(main) + File.pathSeparator + location(ShmWriter.class), main.getName());
    }

    private static String location(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("no path to " + type, e);
        }
    }

    /** Copies a script of this package into a folder, for an interpreter to find. */
    static void unpack(String script, Path folder) throws IOException {
        try (InputStream in = Programs.class.getResourceAsStream(script)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + script);
            }
            Files.copy(in, folder.resolve(script));
        }
    }
}

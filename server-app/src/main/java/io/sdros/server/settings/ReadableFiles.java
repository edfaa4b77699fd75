package io.sdros.server.settings;

import io.sdros.server.text.Json;
import io.sdros.server.text.Parsed;
import io.sdros.server.text.SmallFile;
import io.sdros.server.tls.PemFile;
import io.sdros.telemetry.nats.NatsCredentials;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Small files that settings name. They are read at start, so that a missing or unreadable one is reported before anything is served. */
final class ReadableFiles {

    private ReadableFiles() {
    }

    static ValueType<Path> path() {
        return new ValueType<>("a file path", ReadableFiles::path);
    }

    /** What frames are read from: a regular file, now or one day. */
    static ValueType<Path> region() {
        return new ValueType<>("the path of a regular file, which need not exist yet", name -> path(name).then(ReadableFiles::region));
    }

    private static Parsed<Path> region(Path path) {
        if (Files.isDirectory(path)) {
            return Parsed.rejected("it is a folder: name the file in it");
        }
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            return Parsed.rejected("it is a device, a pipe or a socket");
        }
        for (Path folder = path.toAbsolutePath().getParent(); folder != null; folder = folder.getParent()) {
            if (Files.exists(folder)) {
                return Files.isDirectory(folder) ? Parsed.of(path) : Parsed.rejected(Json.escape(folder.toString()) + " is no folder");
            }
        }
        return Parsed.of(path);
    }

    static ValueType<Path> natsCredentials() {
        return new ValueType<>("a readable NATS credentials file, as nsc writes them, or one with a user's NKey seed alone",
            name -> read(name).then(file -> NatsCredentials.problemWith(file.text())
                .map(Parsed::<Path>rejected)
                .orElseGet(() -> Parsed.of(file.path()))));
    }

    static ValueType<Path> certificates() {
        return new ValueType<>("a readable PEM file with one or more certificates",
            name -> read(name).then(file -> PemFile.certificates(file.text()).map(chain -> file.path())));
    }

    static ValueType<Path> privateKey() {
        return new ValueType<>("a readable PEM file with an unencrypted private key (RSA, EC or Ed25519)",
            name -> read(name).then(file -> PemFile.privateKey(file.text()).map(key -> file.path())));
    }

    static Parsed<SmallFile> read(String name) {
        return path(name).then(SmallFile::read);
    }

    private static Parsed<Path> path(String name) {
        try {
            return Parsed.of(Path.of(name));
        } catch (InvalidPathException e) {
            return Parsed.rejected(reason(name, e));
        }
    }

    /** Java cannot name a file whose name the locale has no characters for, and does not say what to do about it. */
    private static String reason(String name, InvalidPathException e) {
        boolean ascii = name.chars().allMatch(c -> c < 0x80);
        return ascii ? e.getReason() : "the locale's character set, " + System.getProperty("sun.jnu.encoding")
            + ", has not all of its characters: set LANG=C.UTF-8 (and LC_ALL, if that is set) in the server's environment";
    }
}

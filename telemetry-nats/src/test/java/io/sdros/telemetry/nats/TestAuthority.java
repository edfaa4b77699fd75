package io.sdros.telemetry.nats;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A certificate authority made for one test, and server certificates signed by it. */
final class TestAuthority {
    private static final List<String> NEW_KEY = List.of("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes");

    private final Path folder;
    private final String name;

    TestAuthority(Path folder, String name) {
        this.folder = folder;
        this.name = name;
        openssl(Stream.concat(Stream.of("req", "-x509"), NEW_KEY.stream()), "-keyout", file("key"), "-out", file("pem"),
                "-subj", "/CN=" + name, "-days", "2");
    }

    Path certificate() {
        return Path.of(file("pem"));
    }

    /** The part of a server's configuration that makes it insist on TLS, as whoever these alternative names say. */
    String serverConfiguration(String alternativeNames) {
        openssl(Stream.concat(Stream.of("req"), NEW_KEY.stream()), "-keyout", file("server.key"), "-out", file("server.csr"),
                "-subj", "/CN=nats", "-addext", "subjectAltName=" + alternativeNames);
        openssl(Stream.of("x509", "-req"), "-in", file("server.csr"), "-CA", file("pem"), "-CAkey", file("key"),
                "-CAcreateserial", "-copy_extensions", "copy", "-days", "2", "-out", file("server.pem"));
        return "tls { cert_file: \"" + file("server.pem") + "\", key_file: \"" + file("server.key") + "\" }\n";
    }

    private String file(String suffix) {
        return folder.resolve(name + "." + suffix).toString();
    }

    private static void openssl(Stream<String> first, String... rest) {
        List<String> command = Stream.concat(Stream.concat(Stream.of("openssl"), first), Stream.of(rest)).toList();
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes());
            if (process.waitFor() != 0) {
                throw new AssertionError(command + ": " + output);
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("these tests need openssl", e);
        }
    }
}

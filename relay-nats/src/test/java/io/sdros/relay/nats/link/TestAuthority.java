package io.sdros.relay.nats.link;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A certificate authority made for one test, and server certificates signed by it. */
final class TestAuthority {

    private static final String VALID_DAYS = "2";
    /** It ended before it began. */
    private static final String EXPIRED_DAYS = "-1";

    private final Path folder;
    private final String name;

    TestAuthority(Path folder, String name) {
        this.folder = folder;
        this.name = name;
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", file("key"),
                "-out", file("pem"), "-subj", "/CN=" + name, "-days", VALID_DAYS);
    }

    Path certificate() {
        return Path.of(file("pem"));
    }

    /** The part of a server's configuration that makes it insist on TLS, as whoever these alternative names say. */
    String server(String alternativeNames) {
        return server(alternativeNames, VALID_DAYS);
    }

    /** Likewise, with a certificate of yesterday. */
    String expiredServer(String alternativeNames) {
        return server(alternativeNames, EXPIRED_DAYS);
    }

    private String server(String alternativeNames, String days) {
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", file("server.key"),
                "-out", file("server.csr"), "-subj", "/CN=nats", "-addext", "subjectAltName=" + alternativeNames);
        openssl("x509", "-req", "-in", file("server.csr"), "-CA", file("pem"), "-CAkey", file("key"), "-CAcreateserial",
                "-copy_extensions", "copy", "-days", days, "-out", file("server.pem"));
        return "tls { cert_file: \"" + file("server.pem") + "\", key_file: \"" + file("server.key") + "\" }\n";
    }

    private String file(String suffix) {
        return folder.resolve(name + "." + suffix).toString();
    }

    private static void openssl(String... arguments) {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
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

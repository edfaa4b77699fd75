package io.sdros.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.ServerProcess;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command that container images ask with. */
final class HealthCheckIT {

    @TempDir
    private Path folder;
    private final OpenResources opened = new OpenResources();

    @AfterEach
    void closeEverything() {
        opened.close();
    }

    private static ServerProcess.Ended ask(ServerProcess.Builder settings) {
        return settings.arguments("healthcheck").run(Deadlines.START);
    }

    private static ServerProcess.Builder at(int port) {
        return ServerProcess.builder().set("SDR_LISTEN_ADDR", "127.0.0.1:" + port);
    }

    @Test
    void aRunningServerIsHealthyAndAStoppedOneIsNot() {
        ServerProcess server = opened.add(ServerProcess.builder().start());

        ServerProcess.Ended well = ask(at(server.port()));
        assertThat(well.exitCode()).as(well.output()).isZero();
        assertThat(well.lines()).singleElement().asString().contains("\"status\":\"ok\"");

        assertThat(server.stop()).isZero();
        ServerProcess.Ended gone = ask(at(server.port()));
        assertThat(gone.exitCode()).as(gone.output()).isEqualTo(1);
        assertThat(gone.lines()).singleElement().asString()
                .contains("No health at http://127.0.0.1:" + server.port() + "/health: ");
    }

    @Test
    void aServerThatHangsIsNotHealthy() {
        ServerProcess server = opened.add(ServerProcess.builder().start());
        String pid = Long.toString(server.process().pid());

        ChildProcess.run("kill", List.of("kill", "-STOP", pid), Deadlines.SOON);
        ServerProcess.Ended hung = ask(at(server.port()));
        ChildProcess.run("kill", List.of("kill", "-CONT", pid), Deadlines.SOON);

        assertThat(hung.exitCode()).as(hung.output()).isEqualTo(1);
        assertThat(hung.lines()).singleElement().asString().contains("No health at");
        assertThat(ask(at(server.port())).exitCode()).as("once it runs on").isZero();
    }

    @Test
    void theCertificateIsNotLookedAt() {
        Path certificate = folder.resolve("cert.pem");
        Path key = folder.resolve("key.pem");
        ChildProcess.run("openssl", List.of("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=robot.example",
                "-keyout", key.toString(), "-out", certificate.toString()), Deadlines.START);
        ServerProcess server = opened.add(withTls(ServerProcess.builder(), certificate, key).start());

        ServerProcess.Ended well = ask(withTls(at(server.port()), certificate, key));

        assertThat(well.exitCode()).as(well.output()).isZero();
        assertThat(ask(at(server.port())).exitCode()).as("plain HTTP to a TLS port").isEqualTo(1);
    }

    private static ServerProcess.Builder withTls(ServerProcess.Builder builder, Path certificate, Path key) {
        return builder.set("SDR_TLS_CERT_FILE", certificate.toString()).set("SDR_TLS_KEY_FILE", key.toString());
    }

    @Test
    void aPortThatOnlyTheServerKnowsCannotBeAsked() {
        ServerProcess.Ended ended = ask(at(0));

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.lines()).singleElement().asString().contains("SDR_LISTEN_ADDR", "port 0");
    }
}

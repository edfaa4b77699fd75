package io.sdros.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What keeps the server from starting: one clear line and an exit code that is not 0. */
final class StartFailureIT {

    @TempDir
    private Path folder;

    private static ServerProcess.Ended run(ServerProcess.Builder builder) {
        ServerProcess.Ended ended = builder.run(Deadlines.START);
        assertThat(ended.output()).doesNotContain("\tat ").doesNotContain("Exception");
        return ended;
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @ParameterizedTest
    @CsvSource({
        "SDR_LISTEN_ADDR, no-such-host.invalid:8080, the host cannot be resolved",
        "SDR_AUTH_TOKEN_FILE, /nowhere/token, there is no such file",
        "SDR_AUTH_TOKEN_FILE, /, it is a directory",
        "SDR_SHM_PATH, /dev/shm, it is a folder",
        "SDR_SHM_PATH, /dev/zero, it is a device",
        "SDR_SHM_PATH, /dev/null/frames, /dev/null is no folder",
        "SDR_NATS_CREDS_FILE, /nowhere/user.creds, there is no such file",
        "SDR_NATS_CA_FILE, /nowhere/ca.pem, there is no such file",
        "SDR_ALLOWED_ORIGINS, http://[1:2], scheme://host",
        "SDR_SOCKET_SEND_BUFFER, 33554432, from 1024 to 16777216",
    })
    void aSettingThatCannotBeUsedIsOneLineAndExitCode2(String variable, String value, String reason) {
        ServerProcess.Ended ended = run(ServerProcess.builder().set(variable, value));

        assertThat(ended.exitCode()).as(ended.output()).isEqualTo(2);
        assertThat(ended.lines()).as(ended.output()).singleElement().asString()
                .startsWith(variable + "=\"" + value + "\": expected ").contains(reason);
    }

    @Test
    void aPathTheLocaleCannotSpellSaysWhatToSet() {
        // In bytes, for whatever the locale of this test is.
        List<String> command = new ArrayList<>(List.of("sh", "-c",
                "SDR_SHM_PATH=$(printf '/dev/shm/B\\303\\274hne/frames') exec \"$@\"", "sh"));
        command.addAll(ServerProcess.jarCommand());

        ServerProcess.Ended ended = run(ServerProcess.builder().command(command).set("LC_ALL", "C"));

        assertThat(ended.exitCode()).as(ended.output()).isEqualTo(2);
        assertThat(ended.lines()).as(ended.output()).singleElement().asString()
                .startsWith("SDR_SHM_PATH=").contains("LANG=C.UTF-8", "LC_ALL").doesNotContain("unmappable");
        assertThat(run(ServerProcess.builder().command(command).arguments("check-config").set("LC_ALL", "C.UTF-8")).exitCode())
                .as("with what it says").isZero();
    }

    @Test
    void tlsFilesThatAreNotThereAreOneLineEach() {
        ServerProcess.Ended ended = run(ServerProcess.builder()
                .set("SDR_TLS_CERT_FILE", "/nowhere/cert.pem").set("SDR_TLS_KEY_FILE", "/nowhere/key.pem"));

        assertThat(ended.exitCode()).as(ended.output()).isEqualTo(2);
        assertThat(ended.lines()).as(ended.output()).hasSize(2);
        assertThat(ended.linesNaming("SDR_TLS_CERT_FILE")).singleElement().asString().contains("there is no such file");
        assertThat(ended.linesNaming("SDR_TLS_KEY_FILE")).singleElement().asString().contains("there is no such file");
    }

    @Test
    void aFileThatTheUserMayNotReadIsOneLine() throws IOException {
        Path token = file("token", "s3cret-token");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("---------"));

        ServerProcess.Ended ended = run(ServerProcess.builder().command(asOrdinaryUser())
                .set("SDR_AUTH_TOKEN_FILE", token.toString()));

        assertThat(ended.exitCode()).as(ended.output()).isEqualTo(2);
        assertThat(ended.lines()).as(ended.output()).singleElement().asString()
                .contains("SDR_AUTH_TOKEN_FILE", token.toString(), "may not be read by the user");
        assertThat(ended.output()).doesNotContain("s3cret");
    }

    /** The jar's command without root's right to read everything, which is what the mode of a file cannot withhold. */
    private static List<String> asOrdinaryUser() {
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search"));
        }
        command.addAll(ServerProcess.jarCommand());
        return command;
    }

    @Test
    void anAddressOfAnotherMachineIsOneLineBesidesTheSettings() {
        // 192.0.2.0/24 is for documentation: no machine has it.
        ServerProcess.Ended ended = run(ServerProcess.builder().set("SDR_LISTEN_ADDR", "192.0.2.1:8080"));

        assertThat(ended.exitCode()).as(ended.output()).isEqualTo(1);
        assertThat(ended.lines()).as(ended.output()).filteredOn(line -> !line.contains("Launcher - SDR_"))
                .as("what is not the list of settings").singleElement().asString().contains("192.0.2.1:8080", "SDR_LISTEN_ADDR");
    }

    @Test
    void tooFewFileDescriptorsAreOneLineBesidesTheSettings() {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -n 60; exec \"$@\"", "sh"));
        command.addAll(ServerProcess.jarCommand());

        ServerProcess.Ended ended = run(ServerProcess.builder().command(command).set("SDR_IO_THREADS", "64"));

        assertThat(ended.exitCode()).as(ended.output()).isEqualTo(1);
        assertThat(ended.lines()).as(ended.output()).filteredOn(line -> !line.contains("Launcher - SDR_"))
                .as("what is not the list of settings").singleElement().asString()
                .matches("Cannot start: .+");
    }

    @Test
    void aRegionThatMayNotBeReadIsNoReasonNotToStart() throws IOException {
        Path unreadable = file("frames", "long enough to be a region".repeat(10));
        Files.setPosixFilePermissions(unreadable, PosixFilePermissions.fromString("---------"));

        try (ServerProcess server = ServerProcess.builder().command(asOrdinaryUser())
                .set("SDR_SHM_PATH", unreadable.toString()).start()) {
            awaitDenial(server, "by the file \\(owner \\S+:\\S+, mode 0000\\)");
            assertThat(server.http().get("/health").statusCode()).isEqualTo(200);
            assertThat(server.stop()).isZero();
        }
    }

    /** Also one that was open before: it is not called absent. */
    @Test
    void aFolderThatIsClosedLaterIsToldOfAsWhatItIs() throws IOException {
        Path shared = Files.createDirectory(folder.resolve("shared"));
        Path region = shared.resolve("frames");
        RegionWriter.open(region).keyframe(1000);
        try (ServerProcess server = ServerProcess.builder().command(asOrdinaryUser()).set("SDR_SHM_PATH", region.toString()).start()) {
            server.http().awaitAttached();

            Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("---------"));

            awaitDenial(server, "by the folder \\S+/shared \\(owner \\S+:\\S+, mode 0000\\)");
            Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwx------"));
            Await.until("attached again", Deadlines.SOON,
                    () -> String.valueOf(server.http().json("/ready").get("why")).startsWith("nobody is seen to write"));
            assertThat(server.stop()).isZero();
        } finally {
            Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwx------"));
        }
    }

    /** In /ready and in the log: whose what is, its mode, and whose this process is. */
    private static void awaitDenial(ServerProcess server, String by) {
        String words = "permission denied " + by + "; this process runs as \\S+ \\(uid \\d+\\)";
        Await.until("/ready says why", Deadlines.SOON, () -> server.http().get("/ready").statusCode() == 503
                && String.valueOf(server.http().json("/ready").get("why")).matches("the shared memory file cannot be used: .*" + words + ".*"));
        server.process().awaitLine(Pattern.compile("No frames can be read from .*: " + words), Deadlines.SOON);
    }

    @Test
    void nothingNeedsToBeWritable() {
        ServerProcess.Builder builder = ServerProcess.builder().command(List.of(Tool.java(),
                "-Djava.io.tmpdir=/nowhere", "-jar", ServerProcess.jar().toString()))
                .set(Map.of("HOME", "/nowhere", "TMPDIR", "/nowhere"));

        try (ServerProcess server = builder.start()) {
            assertThat(server.http().get("/metrics").statusCode()).isEqualTo(200);
            assertThat(server.http().get("/").statusCode()).isEqualTo(200);
            assertThat(server.stop()).isZero();
        }
    }
}

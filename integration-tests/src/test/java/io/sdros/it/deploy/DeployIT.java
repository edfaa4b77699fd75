package io.sdros.it.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.Tool;
import io.sdros.it.support.WorkDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The deployment examples, as far as they can be checked without the programs they are for: no container engine and no
 * running systemd is needed.
 */
final class DeployIT {

    private static final Path DEPLOY = Tool.repositoryFile("docs/deploy");
    private static final Path RELAY = DEPLOY.resolve("relay");
    private static final Set<String> SERVICE_KEYS = Set.of("build", "image", "restart", "environment", "volumes",
            "read_only", "user", "cap_drop", "cap_add", "security_opt", "sysctls", "ulimits", "mem_limit", "cpu_shares", "pids_limit",
            "stop_grace_period", "networks", "ports", "tmpfs", "command");
    /** Tenths on systemd's scale from 0 (shut) to 10 (open). */
    private static final String MOST_EXPOSURE = "20";

    private final Map<String, Object> compose = compose(DEPLOY);
    private final Map<String, Object> services = map(compose.get("services"));
    private final Map<String, Object> relay = compose(RELAY);
    private final Map<String, Object> relayServices = map(relay.get("services"));

    private static Map<String, Object> compose(Path folder) {
        return map(new Load(LoadSettings.builder().setLabel("compose.yaml").build()).loadFromString(text(folder.resolve("compose.yaml"))));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Object> map(Object node) {
        Map<String, Object> result = new LinkedHashMap<>();
        ((Map<?, ?>) node).forEach((key, value) -> result.put((String) key, value));
        return result;
    }

    private static List<?> list(Object node) {
        return node instanceof Map<?, ?> named ? new ArrayList<>(named.keySet()) : (List<?>) node;
    }

    @Test
    void everyServiceOfTheComposeFilesIsShutTightAndWellFormed() {
        assertThat(compose).containsOnlyKeys("name", "services", "networks", "volumes");
        assertThat(services).containsOnlyKeys("server", "nats", "caddy", "prometheus", "grafana");
        assertThat(relay).containsOnlyKeys("name", "services", "networks");
        assertThat(relayServices).containsOnlyKeys("leaf", "origin", "hub", "edge");
        assertShutTightAndWellFormed(compose);
        assertShutTightAndWellFormed(relay);
    }

    private static void assertShutTightAndWellFormed(Map<String, Object> file) {
        map(file.get("services")).forEach((name, node) -> {
            Map<String, Object> service = map(node);
            assertThat(SERVICE_KEYS).as(name).containsAll(service.keySet());
            assertThat(list(service.get("cap_drop"))).as(name).isEqualTo(List.of("ALL"));
            assertThat(list(service.get("security_opt"))).as(name).isEqualTo(List.of("no-new-privileges:true"));
            assertThat(map(file.get("networks")).keySet().containsAll(list(service.get("networks")))).as(name).isTrue();
        });
    }

    @Test
    void everyVolumeIsThere() {
        assertVolumesAreThere(DEPLOY, compose);
        assertVolumesAreThere(RELAY, relay);
    }

    private static void assertVolumesAreThere(Path folder, Map<String, Object> file) {
        map(file.get("services")).forEach((name, node) -> list(map(node).getOrDefault("volumes", List.of())).forEach(volume -> {
            if (volume instanceof String named) {
                assertThat(map(file.get("volumes"))).as(name).containsKey(named.replaceFirst(":.*", ""));
            } else {
                Map<String, Object> bind = map(volume);
                String source = (String) bind.get("source");
                assertThat(bind.get("read_only")).as(name + ": " + source).isEqualTo(true);
                // Whatever is in /dev/shm is gone after a reboot, and then the service does not start.
                assertThat(source.equals("/dev/shm") || Files.isRegularFile(folder.resolve(source)))
                        .as(name + ": " + source).isTrue();
            }
        }));
    }

    @Test
    void theServerHasNothingToWriteToAndSettingsItKnows() {
        Map<String, Object> server = map(services.get("server"));
        assertThat(server.get("read_only")).isEqualTo(true);
        assertThat(server.get("user")).isEqualTo("65532:65532");
        assertThat(map(server.get("sysctls"))).containsKeys("net.ipv4.tcp_notsent_lowat", "net.ipv4.tcp_congestion_control");
        assertThat(server).doesNotContainKey("ports");
        assertSettingsAreKnown(server);
    }

    private static void assertSettingsAreKnown(Map<String, Object> server) {
        ServerProcess.Builder check = ServerProcess.builder().arguments("check-config");
        map(server.get("environment")).forEach((name, value) ->
                check.set(name, value.toString().replaceAll("\\$\\{\\w+:\\?}", "secret")));
        ServerProcess.Ended ended = check.run(Deadlines.START);
        assertThat(ended.exitCode()).as(ended.output()).isZero();
        assertThat(ended.linesNaming("warning")).isEmpty();
    }

    @Test
    void originAndEdgeHaveNothingToWriteToAndSettingsTheyKnow() {
        for (String name : List.of("origin", "edge")) {
            Map<String, Object> server = map(relayServices.get(name));
            assertThat(server.get("read_only")).as(name).isEqualTo(true);
            assertThat(server.get("user")).as(name).isEqualTo("65532:65532");
            assertSettingsAreKnown(server);
        }
    }

    @Test
    void natsServersOfTheRelayHaveEachValueThatTheirFilesName() {
        assertThat(map(map(relayServices.get("leaf")).get("environment")).keySet()).isEqualTo(named("robot.conf"));
        Set<String> hub = named("hub.conf");
        hub.addAll(named("accounts.conf"));
        hub.removeAll(Set.of("ROBOT7_VIDEO", "EDGE_VIDEO", "ROBOT7_TELEMETRY", "EDGE_TELEMETRY"));
        assertThat(map(map(relayServices.get("hub")).get("environment")).keySet()).isEqualTo(hub);
    }

    private static Set<String> named(String file) {
        Set<String> names = new LinkedHashSet<>();
        Pattern.compile("(?m)^[^#\n]*?\\$([A-Z0-9_]+)").matcher(text(RELAY.resolve(file))).results()
                .forEach(name -> names.add(name.group(1)));
        return names;
    }

    @Test
    void theImageRunsAsNobodyAndItsWordsReachTheJvm() throws IOException {
        String dockerfile = Files.readString(Tool.repositoryFile("Dockerfile"));

        assertThat(onlyOne(dockerfile, "USER (\\d+):\\d+").group(1)).isNotEqualTo("0");
        assertThat(onlyOne(dockerfile, "ENTRYPOINT (.*)").group(1)).matches("\\[\"/\\S+/java\", .*]");
        assertThat(onlyOne(dockerfile, "HEALTHCHECK .*\\\\\\n +CMD (.*)").group(1))
                .matches("\\[\"/\\S+/java\", .*\"healthcheck\"]");
        assertThat(dockerfile).doesNotContain("curl", "wget", "apt-get");
        Matcher copied = Pattern.compile("(?m)^COPY (docs\\S+)").matcher(dockerfile);
        Set<String> fromDocs = new LinkedHashSet<>();
        while (copied.find()) {
            fromDocs.add(copied.group(1));
        }
        assertThat(fromDocs).containsExactly("docs/deploy/jvm.options");
        assertThat(Tool.repositoryFile("docs/deploy/jvm.options")).exists();
        assertThat(Files.readString(Tool.repositoryFile(".dockerignore"))).contains("!docs/deploy/jvm.options");
    }

    private static Matcher onlyOne(String text, String instruction) {
        Matcher matcher = Pattern.compile("(?m)^" + instruction + "$").matcher(text);
        assertThat(matcher.results().count()).as(instruction).isEqualTo(1);
        matcher.reset();
        assertThat(matcher.find()).isTrue();
        return matcher;
    }

    @Test
    void theJvmTakesTheOptions() {
        ServerProcess.Ended ended = ServerProcess.builder().command(List.of(Tool.java(), "@" + DEPLOY.resolve("jvm.options"),
                "-jar", ServerProcess.jar().toString())).arguments("--version").run(Deadlines.START);

        assertThat(ended.exitCode()).as(ended.output()).isZero();
        assertThat(ended.lines()).as("no warning of the JVM").singleElement().asString().startsWith("sdr-transport ");
    }

    @Test
    void systemdKnowsEveryLineOfTheUnitAndFindsLittleToMend() {
        String verdict = verdictOn(DEPLOY.resolve("sdr-transport.service"));

        // Whether it exposes too much is said by the exit code.
        assertThat(verdict).isNotBlank().doesNotContain("Unknown").doesNotContain("Failed to parse");
    }

    @Test
    void systemdKnowsEveryLineOfTheDropInToo() throws IOException {
        // Its offline look takes no drop-ins, so the lines go where they have the same meaning.
        Path both = WorkDirectory.newFile("sdr-transport", ".service");
        Files.writeString(both, Files.readString(DEPLOY.resolve("sdr-transport.service"))
                + Files.readString(DEPLOY.resolve("sdr-transport-tcp.conf")));

        assertThat(verdictOn(both)).isNotBlank().doesNotContain("Unknown").doesNotContain("Failed to parse");
    }

    private static String verdictOn(Path unit) {
        return ChildProcess.run("systemd-analyze", List.of(Tool.command("systemd-analyze"), "security",
                "--offline=true", "--threshold=" + MOST_EXPOSURE, "--no-pager",
                unit.toString()), Deadlines.SOON);
    }
}

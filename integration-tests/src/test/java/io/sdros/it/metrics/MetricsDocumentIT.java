package io.sdros.it.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.HttpProbe;
import io.sdros.it.support.Metrics;
import io.sdros.it.support.NatsClient;
import io.sdros.it.support.NatsProcess;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.Tool;
import io.sdros.it.support.WsRecorder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.json.Json;

/** What is written about the metrics, for people, Prometheus and Grafana, against a server on which everything has happened once. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MetricsDocumentIT {

    private static final Duration PROMTOOL = Duration.ofSeconds(60);
    private static final Pattern ROW = Pattern.compile("\\| `(sdr_\\w+)` \\| (\\w+) \\| (.*?) ?\\| .+ \\|");
    private static final Pattern QUOTED = Pattern.compile("`(\\w+)`");
    private static final Pattern LABELLED = Pattern.compile("(\\w+)\\{(.*)}");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern QUERY_NAME = Pattern.compile("\\b(?:sdr|jvm|process)_\\w+");
    private static final Pattern SELECTOR = Pattern.compile("(\\w+)\\s*\\{([^}]*)}");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)");
    private static final Pattern GROUPING = Pattern.compile("\\b(?:by|on|without|ignoring)\\s*\\(([^)]*)\\)");
    /** Added by Prometheus to whatever it scrapes. */
    private static final Set<String> TARGET_LABELS = Set.of("job", "instance");
    /** Labels whose values the table lists. */
    private static final Set<String> FIXED_SETS = Set.of("condition", "reason", "result", "operation", "stage");
    /** Of servers that publish streams for others, or take them; there is none here, and RelayIT compares the table with two. */
    private static final String RELAY = "sdr_relay_";
    /** That of several streams, as such servers have. */
    private static final String STREAM_LABEL = "stream";
    private static final int SUBJECTS = 300;

    private final OpenResources opened = new OpenResources();
    private String page;
    private Metrics metrics;
    /** Names of the relay's metrics with their labels, as they are written down. */
    private Map<String, Set<String>> relayMetrics;

    @TempDir
    private Path folder;

    @BeforeAll
    void letEverythingHappenOnce() throws IOException {
        TempRegion region = opened.add(TempRegion.create());
        NatsProcess nats = opened.add(NatsProcess.start());
        ServerProcess server = opened.add(ServerProcess.builder().region(region).set("SDR_NATS_URL", nats.url()).start());
        HttpProbe http = server.http();
        RegionWriter writer = RegionWriter.open(region.path());
        WsRecorder client = opened.add(WsRecorder.connect(server));
        http.awaitAttached();
        writer.keyframe(1000);
        client.awaitVideo(1);
        NatsClient robot = opened.add(NatsClient.connect(nats));
        Await.until("the subscription", Deadlines.SOON, () -> nats.hasSubscription("telemetry.>"));
        for (int i = 0; i < SUBJECTS; i++) {
            robot.publish("telemetry.s" + i, "1");
        }
        robot.publish("telemetry.s0", new byte[70_000]);
        robot.publish("telemetry." + "x".repeat(300), "1");
        Await.until("all telemetry", Deadlines.SOON,
                () -> http.metrics().sum("sdr_telemetry_received_total") == SUBJECTS + 2);
        page = http.get("/metrics").body();
        metrics = Metrics.parse(page);
        relayMetrics = relayMetrics();
    }

    private static Map<String, Set<String>> relayMetrics() throws IOException {
        Map<String, Set<String>> found = new TreeMap<>();
        for (String line : Files.readAllLines(Tool.repositoryFile("docs/metrics.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches() && row.group(1).startsWith(RELAY)) {
                Set<String> labels = found.computeIfAbsent(row.group(1), name -> new TreeSet<>(Set.of(STREAM_LABEL)));
                for (String label : row.group(3).split(";")) {
                    all(QUOTED, label.split(":")[0]).forEach(labels::add);
                }
            }
        }
        return found;
    }

    @AfterAll
    void closeEverything() {
        opened.close();
    }

    @Test
    void promtoolHasNothingToSay() throws IOException {
        Path file = Files.writeString(folder.resolve("metrics.txt"), page);
        String said = ChildProcess.run("promtool", List.of("sh", "-c",
                '"' + Tool.command("promtool") + "\" check metrics < \"" + file + '"'), PROMTOOL);
        assertThat(said).isEmpty();
    }

    /** A subject per message is all an attacker needs: they must not become a series each. */
    @Test
    void theNumberOfSeriesIsBounded() {
        long received = metrics.samples().keySet().stream()
                .filter(series -> series.startsWith("sdr_telemetry_received_total{")).count();
        assertThat(received).isEqualTo(101);
        assertThat(metrics.samples()).as("%d subjects were sent", SUBJECTS).hasSizeLessThan(500)
                .containsKey("sdr_telemetry_received_total{subject=\"other\",}");
    }

    @Test
    void theTableSaysWhatThereIs() throws IOException {
        Map<String, String> written = new TreeMap<>();
        Map<String, Set<String>> words = new TreeMap<>();
        for (String line : Files.readAllLines(Tool.repositoryFile("docs/metrics.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                written.put(row.group(1), row.group(2));
                words.put(row.group(1), all(QUOTED, row.group(3)));
            }
        }
        Map<String, String> real = new TreeMap<>(metrics.types());
        real.keySet().removeIf(name -> !name.startsWith("sdr_"));
        written.keySet().removeAll(relayMetrics.keySet());
        words.keySet().retainAll(written.keySet());
        assertThat(written).isEqualTo(real);
        words.forEach((name, said) -> {
            Set<String> there = new TreeSet<>(labels(name).keySet());
            Map<String, Set<String>> values = labels(name);
            values.forEach((label, set) -> there.addAll(FIXED_SETS.contains(label) ? set : Set.of()));
            assertThat(said).as("labels and reasons of " + name).containsAll(there);
            assertThat(labels(name).keySet()).as("labels of " + name).isSubsetOf(said);
            if (!name.startsWith("sdr_telemetry_dropped")) { // whose reasons appear when they happen
                assertThat(said).as("labels and reasons of " + name).isEqualTo(there);
            }
        });
    }

    @Test
    void everyQueryOfTheDashboardFindsSomething() throws IOException {
        List<String> queries = new ArrayList<>();
        collect(new Json().toType(Files.readString(Tool.repositoryFile("docs/deploy/grafana-dashboard.json")),
                Json.MAP_TYPE), queries);
        assertThat(queries).hasSizeGreaterThan(30).allSatisfy(this::assertAnswerable);
        assertThat(unusedBy(queries)).as("metrics of the server that the dashboard does not show").isEmpty();
        assertParsed(queries);
    }

    @Test
    void everyAlertIsAboutMetricsThatExist() throws IOException {
        List<String> queries = Files.readAllLines(Tool.repositoryFile("docs/deploy/sdr-alerts.yml")).stream()
                .map(String::strip).filter(line -> line.startsWith("expr:")).toList();
        assertThat(queries).hasSize(3).allSatisfy(this::assertAnswerable);
    }

    @Test
    void promtoolAcceptsTheConfigurationAndTheAlertsFireWhenTheyShould() {
        Path deploy = Tool.repositoryFile("docs/deploy").toAbsolutePath().normalize();
        for (String arguments : List.of("check config prometheus.yml", "check rules sdr-alerts.yml",
                "test rules sdr-alerts-test.yml")) {
            String[] words = arguments.split(" ");
            assertThat(ChildProcess.run("promtool", List.of(Tool.command("promtool"), words[0], words[1],
                    deploy.resolve(words[2]).toString()), PROMTOOL)).contains("SUCCESS").doesNotContain("FAILED");
        }
    }

    private void assertAnswerable(String query) {
        Set<String> names = all(QUERY_NAME, query);
        assertThat(names).as(query).isNotEmpty();
        Set<String> known = new LinkedHashSet<>(TARGET_LABELS);
        for (String name : names) {
            assertThat(relayMetrics.containsKey(name) || !samplesOf(name).isEmpty()).as(name + " of " + query + " exists").isTrue();
            known.addAll(labelNames(name));
        }
        for (Matcher selector = SELECTOR.matcher(query); selector.find(); ) {
            Set<String> own = new LinkedHashSet<>(TARGET_LABELS);
            own.addAll(labelNames(selector.group(1)));
            assertThat(all(MATCHER, selector.group(2))).as("labels of " + selector.group(1) + " in " + query)
                    .isSubsetOf(own);
        }
        for (Matcher grouping = GROUPING.matcher(query); grouping.find(); ) {
            assertThat(Set.of(grouping.group(1).split("\\s*,\\s*"))).as("grouping in " + query).isSubsetOf(known);
        }
    }

    private Set<String> unusedBy(List<String> queries) {
        Set<String> unused = new TreeSet<>(metrics.types().keySet());
        unused.addAll(relayMetrics.keySet());
        unused.removeIf(name -> !name.startsWith("sdr_") || queries.stream().anyMatch(query -> query.contains(name)));
        return unused;
    }

    /** There is no offline check of a query by itself, but there is one of recording rules. */
    private void assertParsed(List<String> queries) throws IOException {
        StringBuilder rules = new StringBuilder("groups:\n  - name: queries\n    rules:\n");
        int number = 0;
        for (String query : queries) {
            rules.append("      - record: query:").append(number++).append("\n        expr: |-\n          ")
                    .append(query.replace("$__rate_interval", "1m").replace("$job", ".+").replace("$instance", ".+"))
                    .append('\n');
        }
        Path file = Files.writeString(folder.resolve("queries.yml"), rules.toString());
        ChildProcess.run("promtool", List.of(Tool.command("promtool"), "check", "rules", file.toString()), PROMTOOL);
    }

    private List<String> samplesOf(String name) {
        return metrics.samples().keySet().stream()
                .filter(series -> series.equals(name) || series.startsWith(name + "{")).toList();
    }

    private Set<String> labelNames(String name) {
        return relayMetrics.getOrDefault(name, labels(name).keySet());
    }

    /** Label names and their values, of the samples with this name or of a histogram with it. */
    private Map<String, Set<String>> labels(String name) {
        Map<String, Set<String>> labels = new TreeMap<>();
        for (String series : metrics.samples().keySet()) {
            Matcher labelled = LABELLED.matcher(series);
            if (labelled.matches() && (labelled.group(1).equals(name) || labelled.group(1).equals(name + "_bucket"))) {
                for (Matcher label = LABEL.matcher(labelled.group(2)); label.find(); ) {
                    labels.computeIfAbsent(label.group(1), key -> new TreeSet<>()).add(label.group(2));
                }
            }
        }
        return labels;
    }

    private static Set<String> all(Pattern pattern, String text) {
        Set<String> found = new TreeSet<>();
        for (Matcher matcher = pattern.matcher(text); matcher.find(); ) {
            found.add(matcher.groupCount() == 0 ? matcher.group() : matcher.group(1));
        }
        return found;
    }

    private static void collect(Object node, List<String> queries) {
        if (node instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                if (key.equals("expr")) {
                    queries.add(value.toString());
                } else {
                    collect(value, queries);
                }
            });
        } else if (node instanceof List<?> list) {
            list.forEach(each -> collect(each, queries));
        }
    }
}

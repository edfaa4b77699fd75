package io.sdros.telemetry.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubjectFilterTest {
    private static final List<String> FILTERS = List.of(
            "a", "a.b", "a.b.c", "*", ">", "a.*", "a.>", "*.b", "*.*", "*.>", "a.*.c", "a.b.>", "*.*.*", "a.*.>", "ab", "*.b.*");
    private static final List<String> SUBJECTS = List.of(
            "a", "b", "ab", "a.b", "b.b", "a.c", "ab.b", "a.b.c", "a.x.c", "a.b.d", "b.b.b", "a.b.c.d", "a.b.c.d.e", "a.bc");

    @Tag("tools")
    @Test
    void agreesWithTheServerOnEveryPair(@TempDir Path folder) {
        Set<String> bySubscription = ConcurrentHashMap.newKeySet();
        try (NatsServer server = NatsServer.running(folder);
                TestClient client = new TestClient(server.url())) {
            for (String filter : FILTERS) {
                client.subscribe(filter, (subject, payload) -> bySubscription.add(filter + " " + subject));
            }
            SUBJECTS.forEach(subject -> client.publish(subject, new byte[0]));
            client.publish("z.b.c", new byte[0]);
            client.flush();
            // The copies of the last message come in any order, but after all others.
            Eventually.await("the last message", () -> bySubscription.contains("> z.b.c"));
        }
        bySubscription.removeIf(pair -> pair.endsWith(" z.b.c"));

        Set<String> byMatching = new TreeSet<>();
        for (String filter : FILTERS) {
            SUBJECTS.stream().filter(SubjectFilter.of(filter)::matches)
                    .forEach(subject -> byMatching.add(filter + " " + subject));
        }
        assertThat(byMatching).isEqualTo(new TreeSet<>(bySubscription)).hasSizeGreaterThan(50);
    }

    @ParameterizedTest
    @ValueSource(strings = {"telemetry.>", ">", "*", "a.*.b", "telemetry.gps", "a-b_c.d", "größe.温度", "$SYS.x"})
    void acceptsFilters(String filter) {
        assertThat(SubjectFilter.problemWith(filter)).isEmpty();
        assertThat(SubjectFilter.of(filter)).hasToString(filter).isEqualTo(SubjectFilter.of(filter));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "\"\"|empty", ".a|empty token", "a.|empty token", "a..b|empty token", "a b|white space", "\"a\tb\"|white space",
        "\" a\"|white space", "a.>.b|last", ">.a|last", "a*|whole token", "a.b>|whole token", "**|whole token"})
    void refusesFilters(String filter, String problem) {
        assertThat(SubjectFilter.problemWith(filter).orElse("")).contains(problem);
        assertThatThrownBy(() -> SubjectFilter.of(filter)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void refusesFiltersThatNoRelayedSubjectCanMatch() {
        assertThat(SubjectFilter.problemWith("é".repeat(128))).isEmpty();
        assertThat(SubjectFilter.problemWith("é".repeat(128) + "a")).isPresent();
    }

    @Test
    void takesNoWildcardInASubjectToPublishTo() {
        assertThat(SubjectFilter.problemWithSubject("control.request_idr")).isEmpty();
        assertThat(SubjectFilter.problemWithSubject("control.*")).isPresent();
        assertThat(SubjectFilter.problemWithSubject("control.>")).isPresent();
        assertThat(SubjectFilter.problemWithSubject("control..x")).isPresent();
    }
}

package io.sdros.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which streams go out to other machines. */
class PublishSettingsTest {

    private static SettingsOutcome parse(String... settings) {
        Map<String, String> environment = new HashMap<>();
        environment.put("SDR_STREAMS", "front=shm:/a,wrist=shm:/b");
        for (int i = 0; i < settings.length; i += 2) {
            environment.put(settings[i], settings[i + 1]);
        }
        return new SettingsParser(InstantSource.system()).parse(environment);
    }

    private static List<String> problems(String... settings) {
        return parse(settings).problems().stream().map(SettingProblem::toString).toList();
    }

    @Test
    void noneUnlessSomeAreNamed() {
        assertThat(parse().settings().orElseThrow().publish()).isEmpty();
        assertThat(parse("SDR_RELAY_PUBLISH", "wrist").settings().orElseThrow().publish().orElseThrow().streams())
            .containsExactly("wrist");
    }

    @Test
    void aStarIsAll() {
        assertThat(parse("SDR_RELAY_PUBLISH", "*").settings().orElseThrow().publish().orElseThrow().streams())
            .containsExactly("front", "wrist");
    }

    @Test
    void whatCannotBePublishedStopsTheStart() {
        assertThat(problems("SDR_RELAY_PUBLISH", "front,side")).hasSize(1).first().asString()
            .contains("SDR_RELAY_PUBLISH", "side", "is no stream from a region of this machine");
        assertThat(problems("SDR_RELAY_PUBLISH", "front,,")).hasSize(1);
        assertThat(problems("SDR_RELAY_PUBLISH", "front wrist")).hasSize(1);
        assertThat(problems("SDR_RELAY_PUBLISH", "*", "SDR_NATS_URL", "none")).hasSize(1).first().asString()
            .contains("SDR_NATS_URL is none");
    }

    @Test
    void aWrongValueIsToldWhetherOrNotItIsUsed() {
        assertThat(problems("SDR_RELAY_WINDOW_MS", "0", "SDR_RELAY_NATS_URL", "://", "SDR_RELAY_PREFIX", "a..b")).hasSize(3);
    }
}

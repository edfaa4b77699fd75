package io.sdros.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.server.rate.RatePolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamListTest {

    private static SettingsOutcome parse(String streams, String... more) {
        Map<String, String> environment = new HashMap<>(Map.of("SDR_STREAMS", streams));
        for (int i = 0; i < more.length; i += 2) {
            environment.put(more[i], more[i + 1]);
        }
        return new SettingsParser(InstantSource.fixed(Instant.EPOCH)).parse(environment);
    }

    private static List<StreamSettings> streams(String streams, String... more) {
        return parse(streams, more).settings().orElseThrow().streams();
    }

    private static String problem(String streams) {
        List<SettingProblem> problems = parse(streams).problems();
        assertThat(problems).hasSize(1);
        return problems.get(0).line();
    }

    @Test
    void theExampleOfTheDocumentation() {
        List<StreamSettings> streams = streams("front=shm:/dev/shm/robot/front, wrist=shm:/dev/shm/robot/wrist?title=Wrist camera",
                "SDR_SHM_SIZE", "1000");

        assertThat(streams).extracting(StreamSettings::name).containsExactly("front", "wrist");
        assertThat(streams).extracting(StreamSettings::title).containsExactly("front", "Wrist camera");
        assertThat(streams).extracting(StreamSettings::shmPath)
                .containsExactly(Path.of("/dev/shm/robot/front"), Path.of("/dev/shm/robot/wrist"));
        assertThat(streams).allMatch(StreamSettings::named).extracting(StreamSettings::shmSizeBytes).containsOnly(1000);
    }

    @Test
    void optionsTakeThePlaceOfSettings() {
        StreamSettings stream = streams("a.b_c-1=shm:/x%3F%2C%25y?size=77&idr=c.a%2Cc.b&telemetry=t.>,"
                + "b=shm:/b?gating=off&title=A+B%2C %26 caf%C3%A9&size=").get(0);

        assertThat(stream.name()).isEqualTo("a.b_c-1");
        assertThat(stream.shmPath()).isEqualTo(Path.of("/x?,%y"));
        assertThat(stream.shmSizeBytes()).isEqualTo(77);
        assertThat(stream.idrSubjects()).containsExactly("c.a", "c.b");
        assertThat(stream.telemetrySubjects()).containsExactly("t.>");
        assertThat(stream.keyframeGating()).isTrue();
        StreamSettings other = streams("a=shm:/a,b=shm:/b?gating=off&title=A+B%2C %26 caf%C3%A9&size=").get(1);
        assertThat(other.title()).isEqualTo("A+B, & café");
        assertThat(other.keyframeGating()).isFalse();
        assertThat(other.shmSizeBytes()).isEqualTo(4_194_304);
    }

    @Test
    void theRobotIsSubscribedToForAllStreams() {
        assertThat(parse("a=shm:/a?telemetry=t.a.>%2Cx,b=shm:/b,c=shm:/c?telemetry=x").settings().orElseThrow().telemetrySubjects())
                .containsExactly("t.a.>", "x", "telemetry.>");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "front                          | has no = between",
        "a=shm:/a,,b=shm:/b             | there is an empty one in the list",
        "a b=shm:/a                     | stream \"a b\": this name is not 1 to 4 words",
        "a.b.c.d.e=shm:/a               | stream \"a.b.c.d.e\": this name is not",
        "a=shm:/a,a=shm:/b              | stream \"a\": there are two of this name",
        "a=/dev/shm/a                   | stream \"a\": the source is neither nats: nor shm: and a path",
        "a=shm:a                        | stream \"a\": the source is neither nats: nor shm: and a path",
        "a=shm:/proc                    | stream \"a\": path=\"/proc\": expected the path of a regular file",
        "a=shm:/a,b=shm:/b?size=big     | stream \"b\": size=\"big\": expected a whole number of bytes from 48",
        "a=shm:/a?gating=maybe          | stream \"a\": gating=\"maybe\": expected true or false",
        "a=shm:/a?idr=a.>               | stream \"a\": idr=\"a.>\": expected",
        "a=shm:/a?titel=x               | stream \"a\": \"titel\" is none of the options",
        "a=shm:/a?size=100&size=200     | stream \"a\": the option size is there twice",
        "a=shm:/a?title=50%             | stream \"a\": title: a % has two hexadecimal digits",
        "a=shm:/a?title=%C3x            | stream \"a\": title: what the % signs stand for is no UTF-8",
        "a=shm:/a?title=%0A             | stream \"a\": title=\"\\n\": expected a text",
        "a=nats:b                       | stream \"a\": behind nats: there is something",
        "a=nats:?size=100               | stream \"a\": \"size\" is none of the options telemetry=, title=, gating=",
        "*=nats:?title=x                | stream \"*\": \"title\" is none of the options telemetry=",
        "*=shm:/a                       | stream \"*\": any stream (*) comes from the relay only",
        "*=nats:,*=nats:                | stream \"*\": there are two of this name",
    })
    void whatIsWrongIsNamedWithItsStream(String streams, String named) {
        assertThat(problem(streams)).startsWith("SDR_STREAMS=").contains(named.replace("\\n", "\\n"));
    }

    @Test
    void allThatIsWrongIsToldAtOnce() {
        assertThat(problem("a=nats:x,b=shm:/b?size=1&gating=x,c=shm:/c")).contains("stream \"a\": behind nats:",
                "stream \"b\": size=", "stream \"b\": gating=").doesNotContain("stream \"c\"");
    }

    @Test
    void streamsFromOtherMachinesHaveTheSameNameThere() {
        Settings settings = parse("front=nats:?title=Front&gating=off&telemetry=t.>,*=nats:?telemetry=u.>,own=shm:/own",
                "SDR_RELAY_LINGER_MS", "2000").settings().orElseThrow();

        assertThat(settings.streams()).extracting(StreamSettings::name).containsExactly("front", "own");
        assertThat(settings.streams()).extracting(StreamSettings::relayed).containsExactly(true, false);
        assertThat(settings.streams().get(0).title()).isEqualTo("Front");
        assertThat(settings.streams().get(0).keyframeGating()).isFalse();
        assertThat(settings.streams().get(0).idleRead()).contains(Duration.ofSeconds(2));
        assertThat(settings.anyStream().orElseThrow().relayed()).isTrue();
        assertThat(settings.telemetrySubjects()).containsExactly("t.>", "telemetry.>", "u.>");
        StreamSettings heardOf = settings.anyStream().orElseThrow().heardOf("arm", "Arm", false);
        assertThat(heardOf.name()).isEqualTo("arm");
        assertThat(heardOf.named()).isTrue();
        assertThat(heardOf.keyframeGating()).isFalse();
    }

    @Test
    void anyStreamsShareWithAsManyAsThereMayBe() {
        Settings settings = parse("a=shm:/a,*=nats:", "SDR_QUEUE_BYTES", "40000000", "SDR_RELAY_MAX_STREAMS", "9").settings().orElseThrow();
        assertThat(settings.streams().get(0).queueBytes()).isEqualTo(4_000_000);
        assertThat(settings.anyStream().orElseThrow().queueBytes()).isEqualTo(4_000_000);
    }

    @Test
    void theRelayNeedsANatsServer() {
        assertThat(parse("a=shm:/a,b=nats:", "SDR_NATS_URL", "none").problems()).hasSize(1).first()
                .extracting(SettingProblem::line).asString().contains("b=nats: needs a NATS server, and SDR_NATS_URL is none");
        assertThat(parse("*=nats:", "SDR_NATS_URL", "none", "SDR_RELAY_NATS_URL", "relay").problems()).isEmpty();
        assertThat(parse("*=nats:", "SDR_RELAY_NATS_URL", "none").problems()).hasSize(1);
        assertThat(parse("a=shm:/a", "SDR_NATS_URL", "none").problems()).isEmpty();
    }

    @Test
    void whatHasNoEffectIsWarnedOf() {
        assertThat(parse("a=shm:/a", "SDR_SHM_PATH", "/x").warnings())
                .anyMatch(line -> line.startsWith("SDR_SHM_PATH is not used"));
    }

    @Test
    void eachStreamsEncoderMayBeAdvisedElsewhere() {
        List<StreamSettings> streams = parse("a=shm:/a?rate=encoder.a,b=shm:/b", "SDR_RATE_SUBJECT", "x.y", "SDR_RATE_POLICY", "slowest")
                .settings().orElseThrow().streams();
        assertThat(streams.get(0).rate()).isEqualTo(new RateSettings(List.of("encoder.a"), RatePolicy.SLOWEST));
        assertThat(streams.get(1).rate()).isEqualTo(new RateSettings(List.of("x.y"), RatePolicy.SLOWEST));
    }

    @Test
    void theEffectiveSettingsHaveALineForEachStream() {
        assertThat(parse("a=shm:/a?title=x,b=shm:/b").effective()).anyMatch(line -> line.startsWith("SDR_STREAMS a: /a, title x, size "))
                .anyMatch(line -> line.startsWith("SDR_STREAMS b: /b, title b, "));
    }

    @Test
    void theQueuesOfAllStreamsHoldWhatOneWould() {
        List<StreamSettings> streams = streams("a=shm:/a,b=shm:/b,c=shm:/c,d=shm:/d", "SDR_QUEUE_BYTES", "8000000");
        assertThat(streams).extracting(StreamSettings::queueBytes).containsOnly(2_000_000L);
        assertThat(streams("a=shm:/a,b=shm:/b", "SDR_QUEUE_BYTES", "1048576")).extracting(StreamSettings::queueBytes)
                .containsOnly(1_048_576L);
        assertThat(streams("a=shm:/a,b=shm:/b", "SDR_GOP_CACHE_BYTES", "9000000")).extracting(StreamSettings::gopCacheBytes)
                .containsOnly(9_000_000L);
    }

    @Test
    void whatIsKeptForWhoJoinsFitsIntoASmallHeap() {
        long heap = 128L << 20;
        assertThat(new StreamShares(16, heap).gopCacheBytes(8 << 20, false)).isEqualTo(2 << 20);
        assertThat(new StreamShares(2, heap).gopCacheBytes(8 << 20, false)).isEqualTo(8 << 20);
        assertThat(new StreamShares(16, heap).gopCacheBytes(8 << 20, true)).isEqualTo(8 << 20);
        assertThat(new StreamShares(1, 16 << 20).gopCacheBytes(8 << 20, false)).isEqualTo(8 << 20);
    }
}

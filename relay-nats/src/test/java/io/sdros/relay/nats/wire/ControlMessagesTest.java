package io.sdros.relay.nats.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ControlMessagesTest {

    private static final long EDGE = 0xFEDCBA9876543210L;
    private static final long ORIGIN = 0x00000000000000FFL;
    private static final OriginInfo INFO =
            new OriginInfo(ORIGIN, 1_700_000_000_000L, -3, OriginInfo.State.STALE, true, 2, false, "Wrist \"\u00e4\ud83d\ude00\"\n");
    private static final List<UpMessage> UP = List.of(
            new UpMessage.Join(EDGE),
            new UpMessage.Leave(EDGE),
            new UpMessage.Beat(EDGE, -5, 1_500, 700, 3),
            new UpMessage.Ack(EDGE, ORIGIN, 42),
            new UpMessage.NeedKey(EDGE, "join", 4),
            new UpMessage.Rate(EDGE, OptionalLong.of(2_000_000), 7, 1_900_000),
            new UpMessage.Rate(EDGE, OptionalLong.empty(), 7, 0));

    @Test
    void theseAreTheBytes() {
        assertThat(text(new UpMessage.Ack(EDGE, ORIGIN, 42).json()))
                .isEqualTo("{\"type\":\"ack\",\"edge\":\"fedcba9876543210\",\"origin\":\"00000000000000ff\",\"sequence\":42}");
        assertThat(text(new UpMessage.Beat(EDGE, -5, 1_500, 700, 3).json())).isEqualTo(
                "{\"type\":\"beat\",\"edge\":\"fedcba9876543210\",\"sent\":-5,\"lag_us\":1500,\"rtt_us\":700,\"viewers\":3}");
        assertThat(text(new BeatAnswer(ORIGIN, 1, 2, 3).json()))
                .isEqualTo("{\"origin\":\"00000000000000ff\",\"sent\":1,\"received\":2,\"answered\":3}");
        assertThat(text(new OriginInfo(ORIGIN, 5, 1, OriginInfo.State.LIVE, false, 1, true, "Front").json())).isEqualTo(
                "{\"origin\":\"00000000000000ff\",\"epoch\":5,\"priority\":1,\"state\":\"live\",\"standby\":false,\"codec\":1,"
                + "\"gating\":true,\"title\":\"Front\"}");
    }

    @Test
    void whatIsWrittenIsRead() {
        assertThat(UP).allSatisfy(message -> assertThat(UpMessage.parse(message.json())).contains(message));
        assertThat(OriginInfo.parse(INFO.json())).contains(INFO);
        assertThat(BeatAnswer.parse(new BeatAnswer(ORIGIN, 1, -2, 3).json())).contains(new BeatAnswer(ORIGIN, 1, -2, 3));
    }

    @Test
    void whatIsNotKnownIsPassedOver() {
        String later = "\t{ \"more\" : null , \"edge\":\"fedcba9876543210\",\"\\u0074ype\":\"join\",\"x\":true, \"y\":\"\\n\\/\"} \n";

        assertThat(UpMessage.parse(bytes(later))).contains(new UpMessage.Join(EDGE));
    }

    @Test
    void whatIsNoMessageIsNotRead() {
        assertThat(List.of("", "{", "{}", "[]", "null", "{\"type\":\"join\"}", "{\"type\":\"join\",\"edge\":\"12\"}",
                "{\"type\":\"join\",\"edge\":1}", "{\"type\":\"none\",\"edge\":\"fedcba9876543210\"}",
                "{\"type\":\"join\",\"edge\":\"fedcba9876543210\"}x", "{\"type\":\"join\",\"edge\":\"fedcba9876543210\",}",
                "{\"type\":\"ack\",\"edge\":\"fedcba9876543210\",\"origin\":\"00000000000000ff\",\"sequence\":-1}",
                "{\"type\":\"ack\",\"edge\":\"fedcba9876543210\",\"origin\":\"00000000000000ff\",\"sequence\":99999999999999999999}",
                "{\"type\":\"beat\",\"edge\":\"fedcba9876543210\",\"sent\":1.5}", "{\"type\":{},\"edge\":\"fedcba9876543210\"}"))
                .allSatisfy(text -> assertThat(UpMessage.parse(bytes(text))).as(text).isEmpty());
        assertThat(UpMessage.parse(bytes("{\"type\":\"join\",\"edge\":\"fedcba9876543210\",\"pad\":\"" + "x".repeat(5_000) + "\"}")))
                .as("too long").isEmpty();
        assertThat(OriginInfo.parse(bytes(text(INFO.json()).replace("stale", "odd")))).isEmpty();
        assertThat(OriginInfo.parse(bytes(text(INFO.json()).replace("-3", "3000000000")))).isEmpty();
    }

    @Test
    void anyBytesAreHarmless() {
        Random random = new Random(20);
        List<byte[]> good = Stream.concat(UP.stream().map(UpMessage::json), Stream.of(INFO.json())).toList();
        for (int i = 0; i < 15_000; i++) {
            byte[] json = good.get(random.nextInt(good.size()));
            json = Arrays.copyOf(json, random.nextInt(4) == 0 ? random.nextInt(json.length) : json.length);
            for (int changes = random.nextInt(4); changes > 0 && json.length > 0; changes--) {
                json[random.nextInt(json.length)] = (byte) "{}[]\":,\\u0-.e\0\u00ff".charAt(random.nextInt(15));
            }
            UpMessage.parse(json);
            OriginInfo.parse(json);
            BeatAnswer.parse(json);
        }
    }

    @Test
    void theHigherPriorityIsBetterThenTheOlderThenTheLowerId() {
        OriginInfo one = info(2, 1_000, 5);

        assertThat(one.betterThan(info(1, 10, 1))).isTrue();
        assertThat(info(1, 10, 1).betterThan(one)).isFalse();
        assertThat(one.betterThan(info(2, 1_001, 1))).isTrue();
        assertThat(one.betterThan(info(2, 1_000, -1))).isTrue();
        assertThat(one.betterThan(info(2, 1_000, 4))).isFalse();
        assertThat(one.betterThan(one)).isFalse();
    }

    @Test
    void subjectsNameTheStream() {
        RelaySubjects subjects = RelaySubjects.of("sdr.v1", "robot.front");

        assertThat(subjects).isEqualTo(new RelaySubjects("sdr.v1.k.robot.front", "sdr.v1.d.robot.front", "sdr.v1.g.robot.front",
                "sdr.v1.up.robot.front", "sdr.v1.info.robot.front"));
        assertThat(RelaySubjects.streamOfInfo("sdr.v1", subjects.info())).contains("robot.front");
        assertThat(RelaySubjects.streamOfInfo("sdr.v1", "sdr.v1.info.")).isEmpty();
        assertThat(RelaySubjects.streamOfInfo("sdr.v1", subjects.up())).isEmpty();
        assertThat(RelaySubjects.allInfo("sdr.v1")).isEqualTo("sdr.v1.info.>");
    }

    private static OriginInfo info(int priority, long epochMillis, long origin) {
        return new OriginInfo(origin, epochMillis, priority, OriginInfo.State.LIVE, false, 1, true, "");
    }

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }
}

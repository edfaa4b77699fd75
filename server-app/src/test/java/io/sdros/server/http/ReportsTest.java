package io.sdros.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.fanout.DropReason;
import io.sdros.fanout.SubscriptionState;
import io.sdros.relay.nats.EdgeSource;
import io.sdros.relay.nats.HeardStream;
import io.sdros.server.bitstream.BitstreamCondition;
import io.sdros.server.bitstream.SequenceInfo;
import io.sdros.server.stream.StreamCondition;
import io.sdros.server.stream.StreamCondition.Region;
import io.sdros.telemetry.nats.NatsDenial;
import io.sdros.transport.undertow.DelayStage;
import io.sdros.transport.undertow.ViewerDelays;
import io.sdros.transport.undertow.ViewerFeedback;
import io.sdros.transport.undertow.ViewerReport;
import io.sdros.transport.undertow.ViewerState;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What /health and /ready answer. */
class ReportsTest {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final String PATH = "/shm/frames";

    @Test
    void healthHasTheFieldsOfTheContract() {
        StreamHealth front = new StreamHealth("front", new SourceState(SourceState.Kind.STALE, "old"), 2, 42, OptionalLong.of(17), 5, 6, 7,
            OptionalLong.of(8), 9, List.of(BitstreamCondition.LENGTH_PREFIXED),
            Optional.of(new SequenceInfo(1, 0, 66, 31, 640, 360, 1, 8, 12, 11, OptionalInt.of(0), true, 1)));
        StreamHealth wrist = new StreamHealth("wrist", new SourceState(SourceState.Kind.ABSENT, "gone"), 1, -1, OptionalLong.empty(), 0, 0, 0,
            OptionalLong.empty(), 0, List.of(), Optional.empty());
        String ofFront = "\"frames_broadcast\":5,\"client_lag_total\":6,\"avg_frame_size_bytes\":7,\"keyframe_request_age_ms\":8,\"frames_withheld\":9,"
            + "\"conditions\":[{\"condition\":\"length_prefixed\",\"why\":\"" + BitstreamCondition.LENGTH_PREFIXED.words() + "\"}],"
            + "\"video\":{\"codec\":\"h264\",\"width\":640,\"height\":360,\"profile_idc\":66,\"level_idc\":31,\"chroma\":\"4:2:0\","
            + "\"bits\":8,\"pixel\":\"12:11\"}";
        String ofWrist = "\"frames_broadcast\":0,\"client_lag_total\":0,\"avg_frame_size_bytes\":0,"
            + "\"keyframe_request_age_ms\":null,\"frames_withheld\":0,\"conditions\":[],\"video\":null";
        String wristAlone = "{\"name\":\"wrist\",\"source\":\"absent\",\"why\":\"gone\",\"clients\":1,\"shm_seq\":18446744073709551615,"
            + "\"last_frame_age_ms\":null," + ofWrist + "}";

        assertThat(new HealthReport(3, Duration.ofSeconds(60), "connected",
            List.of(new NatsDenial(NatsDenial.Operation.SUBSCRIBE, "telemetry.>", Instant.parse("2026-01-02T03:04:05.678Z")),
                new NatsDenial(NatsDenial.Operation.PUBLISH, "a\"b", Instant.EPOCH)), Optional.of("connecting"),
            List.of(front, wrist)).json())
            .isEqualTo("{\"status\":\"ok\",\"clients\":3,\"shm_seq\":42,\"last_frame_age_ms\":17,\"uptime_s\":60,\"nats\":\"connected\","
                + "\"nats_denied\":[{\"operation\":\"subscribe\",\"subject\":\"telemetry.>\",\"since\":\"2026-01-02T03:04:05Z\"},"
                + "{\"operation\":\"publish\",\"subject\":\"a\\\"b\",\"since\":\"1970-01-01T00:00:00Z\"}],\"relay\":\"connecting\"," + ofFront
                + ",\"streams\":[{\"name\":\"front\",\"source\":\"stale\",\"why\":\"old\",\"clients\":2,\"shm_seq\":42,"
                + "\"last_frame_age_ms\":17," + ofFront + "}," + wristAlone + "]}");
        assertThat(new HealthReport(0, Duration.ZERO, "off", List.of(), Optional.empty(), List.of(wrist)).json())
            .isEqualTo("{\"status\":\"ok\",\"clients\":0,\"shm_seq\":18446744073709551615,\"last_frame_age_ms\":null,\"uptime_s\":0,"
                + "\"nats\":\"off\",\"nats_denied\":[]," + ofWrist + ",\"streams\":[" + wristAlone + "]}");
    }

    @Test
    void clientsAreToldWithTheWayOfTheirFrames() throws Exception {
        Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);
        Arrays.stream(DropReason.values()).forEach(reason -> dropped.put(reason, (long) reason.ordinal()));
        InetAddress address = InetAddress.getByAddress(new byte[] {10, 0, 0, 7});
        ViewerFeedback last = new ViewerFeedback(3, 0, ViewerState.WAITING_FOR_KEYFRAME, 4, 500, 0, 0, 0, 0, true, false, 6, 5, 1);
        ViewerReport speaking = new ViewerReport(address, Duration.ofMillis(61_900), SubscriptionState.AWAITING_KEYFRAME, 1800, 5_000_000,
            OptionalDouble.of(12.5), dropped, 2, OptionalLong.of(3_900_000), OptionalLong.of(50_000), true,
            Optional.of(new ViewerReport.Said(last, Duration.ofMillis(150), 9, false,
                new ViewerDelays(Map.of(DelayStage.COMMIT_TO_SERVER, 1_234_567L)))));
        ViewerReport old = new ViewerReport(address, Duration.ZERO, SubscriptionState.STREAMING, 0, 0, OptionalDouble.empty(),
            dropped, 0, OptionalLong.empty(), OptionalLong.empty(), false, Optional.empty());
        String droppedJson = "\"dropped\":{\"overflow\":0,\"memory\":1,\"latency\":2,\"droppable\":3,\"unwanted\":4,\"gate\":5}";
        String oldJson = "\"connected_s\":0,\"sdr2\":false,\"video\":\"streaming\",\"video_messages\":0,\"sent_bytes\":0,"
            + "\"max_fps\":null,\"lag_events\":0,"
            + droppedJson + ",\"carried_bps\":null,\"send_buffer_bytes\":null}";

        List<ClientsReport.Entry> both = List.of(new ClientsReport.Entry("front", speaking), new ClientsReport.Entry("wrist", old));
        assertThat(new ClientsReport(both, 5, true).json())
            .isEqualTo("{\"total\":5,\"clients\":[{\"stream\":\"front\",\"address\":\"10.0.0.7\",\"connected_s\":61,\"sdr2\":true,"
                + "\"video\":\"awaiting_keyframe\",\"video_messages\":1800,\"sent_bytes\":5000000,"
                + "\"max_fps\":12.5,\"lag_events\":2," + droppedJson
                + ",\"carried_bps\":3900000,\"send_buffer_bytes\":50000,\"viewer\":3,\"state\":\"waiting_for_keyframe\","
                + "\"feedback_age_ms\":150,\"clock_error_us\":500,\"unreceived_frames\":9,\"delay_grown\":true,\"window_open\":false,"
                + "\"decode_queue\":4,\"received\":6,\"decoded\":5,\"client_dropped\":1,\"delays_us\":{\"capture_to_commit\":null,"
                + "\"commit_to_server\":1234,\"server_to_socket\":null,\"socket_to_received\":null,\"received_to_decoded\":null,"
                + "\"decoded_to_displayed\":null,\"received_to_displayed\":null,"
                + "\"commit_to_displayed\":null}},{\"stream\":\"wrist\",\"address\":\"10.0.0.7\"," + oldJson + "]}");
        assertThat(new ClientsReport(List.of(new ClientsReport.Entry("wrist", old)), 1, false).json())
            .isEqualTo("{\"total\":1,\"clients\":[{\"stream\":\"wrist\"," + oldJson + "]}");
    }

    @Test
    void streamsAreToldWithWhatIsKnownOfThem() {
        assertThat(new StreamsReport(List.of(
            new StreamsReport.Entry("front", "Front \"A\"", Optional.of("h264"),
                Optional.of(new SequenceInfo(1, 0, 66, 31, 640, 360, 1, 8, 12, 11, OptionalInt.of(0), true, 1)),
                SourceState.of(attached(7, OptionalLong.of(1), ""), LIMIT), 3),
            new StreamsReport.Entry("wrist", "wrist", Optional.empty(), Optional.empty(),
                SourceState.of(new StreamCondition(Region.ABSENT, PATH, 0, OptionalLong.empty(), "", Optional.empty(), List.of()), LIMIT),
                0)))
            .json()).isEqualTo("{\"streams\":[{\"name\":\"front\",\"title\":\"Front \\\"A\\\"\",\"codec\":\"h264\","
                + "\"size\":{\"width\":640,\"height\":360},\"source\":\"live\",\"why\":\"frames are arriving\",\"viewers\":3},"
                + "{\"name\":\"wrist\",\"title\":\"wrist\",\"codec\":null,\"size\":null,\"source\":\"absent\","
                + "\"why\":\"there is no shared memory file: /shm/frames\",\"viewers\":0}]}");
        assertThat(SourceState.of(attached(7, OptionalLong.of(LIMIT.toNanos()), ""), LIMIT).kind()).isEqualTo(SourceState.Kind.STALE);
    }

    @Test
    void readyWhenEachStreamIs() {
        ReadyReport well = ReadyReport.of(attached(7, OptionalLong.of(1), ""), LIMIT, "off", false);
        ReadyReport old = ReadyReport.of(attached(8, OptionalLong.of(LIMIT.toNanos()), ""), LIMIT, "off", false);
        StreamsReady.Entry front = new StreamsReady.Entry("front", well);
        StreamsReady.Entry wrist = new StreamsReady.Entry("wrist", old);

        assertThat(new StreamsReady(List.of(front, front)).httpStatus()).isEqualTo(200);
        assertThat(new StreamsReady(List.of(front, wrist)).httpStatus()).isEqualTo(503);
        assertThat(new StreamsReady(List.of(front, wrist)).json()).startsWith("{\"status\":\"not ready\",\"why\":\"stream \\\"wrist\\\": "
            + old.why() + "\",\"shm_seq\":8,").endsWith("\"streams\":[{\"name\":\"front\",\"status\":\"ready\",\"why\":\"frames are arriving\"},"
            + "{\"name\":\"wrist\",\"status\":\"not ready\",\"why\":\"" + old.why() + "\"}]}");
        assertThat(new StreamsReady(List.of(wrist)).json()).startsWith("{\"status\":\"not ready\",\"why\":\"" + old.why() + "\",");
    }

    @Test
    void readyWhileFramesAreYoung() {
        ReadyReport report = ReadyReport.of(attached(7, OptionalLong.of(LIMIT.toNanos() - 1), ""), LIMIT, "connecting", false);

        assertThat(report.httpStatus()).isEqualTo(200);
        assertThat(report.json(report.why()).toString()).isEqualTo("{\"status\":\"ready\",\"why\":\"frames are arriving\",\"shm_seq\":7,\"last_frame_age_ms\":4999,"
            + "\"max_age_ms\":5000,\"nats\":\"connecting\",\"conditions\":[]}");
    }

    @Test
    void notReadyWhenTheLastFrameIsTooOld() {
        ReadyReport report = ReadyReport.of(attached(7, OptionalLong.of(LIMIT.toNanos()), ""), LIMIT, "off", false);

        assertThat(report.httpStatus()).isEqualTo(503);
        assertThat(report.json(report.why()).toString()).contains("\"status\":\"not ready\"", "\"last_frame_age_ms\":5000");
        assertThat(report.why()).isEqualTo("the last frame is 5.0 s old, the limit is 5.0 s: the writer has stopped or hangs");
    }

    @Test
    void notReadyWithoutAFile() {
        assertThat(why(new StreamCondition(Region.ABSENT, PATH, 0, OptionalLong.empty(), "", Optional.empty(), List.of()))).isEqualTo("there is no shared memory file: /shm/frames");
        assertThat(why(new StreamCondition(Region.UNUSABLE, PATH + ": permission denied", 0, OptionalLong.empty(), "",
                Optional.empty(), List.of())))
            .isEqualTo("the shared memory file cannot be used: /shm/frames: permission denied");
        assertThat(why(new StreamCondition(Region.ABSENT, PATH, 5, OptionalLong.of(LIMIT.toNanos()), "",
                Optional.empty(), List.of()))).startsWith("there is no shared memory file");
    }

    @Test
    void notReadyWithoutFrames() {
        assertThat(why(attached(0, OptionalLong.empty(), ""))).isEqualTo("the writer has not written a frame yet: /shm/frames");
        assertThat(why(attached(3, OptionalLong.empty(), ""))).isEqualTo("nobody is seen to write, the sequence stays at 3: /shm/frames");
    }

    @Test
    void notReadyWhenFramesCannotBeRead() {
        assertThat(why(attached(-1, OptionalLong.empty(), "invalid length"))).isEqualTo(
            "nobody is seen to write, the sequence stays at 18446744073709551615, and what is in it cannot be read: invalid length: /shm/frames");
        assertThat(why(attached(9, OptionalLong.of(1), "crc_mismatch"))).isEqualTo("frames are written but cannot be read: crc_mismatch");
        assertThat(why(attached(9, OptionalLong.of(LIMIT.toNanos()), "crc_mismatch"))).isEqualTo("frames are written but cannot be read: crc_mismatch");
    }

    @Test
    void youngFramesAreNoExcuseForAFileThatIsGone() {
        assertThat(why(new StreamCondition(Region.ABSENT, PATH, 9, OptionalLong.of(1), "", Optional.empty(), List.of())))
            .isEqualTo("there is no shared memory file: /shm/frames");
        assertThat(why(new StreamCondition(Region.UNUSABLE, PATH, 9, OptionalLong.of(1), "", Optional.empty(), List.of())))
            .isEqualTo("the shared memory file cannot be used: /shm/frames");
    }

    @Test
    void notReadyWithoutKeyframes() {
        Optional<Duration> missing = Optional.of(Duration.ofSeconds(7));
        assertThat(why(new StreamCondition(Region.ATTACHED, PATH, 9, OptionalLong.of(1), "", missing, List.of())))
            .isEqualTo("no keyframe for 7 s though frames arrive: the encoder sends none, also not when asked");
        assertThat(why(new StreamCondition(Region.ATTACHED, PATH, 9, OptionalLong.of(LIMIT.toNanos()), "", missing, List.of())))
            .startsWith("the last frame is ");
    }

    @Test
    void notReadyWhileStopping() {
        ReadyReport report = ReadyReport.of(attached(7, OptionalLong.of(1), ""), LIMIT, "off", true);
        assertThat(report.httpStatus()).isEqualTo(503);
        assertThat(report.why()).isEqualTo("the server is stopping");
    }

    private static StreamCondition relayed(boolean connected, boolean wanted, EdgeSource.State origin, OptionalLong ageNanos) {
        StreamCondition.Relayed relayed = new StreamCondition.Relayed(connected, wanted, origin, 1);
        return new StreamCondition(relayed.region(), "the relay", 0, ageNanos, "", Optional.empty(), List.of(), Optional.of(relayed));
    }

    @Test
    void aStreamOfAnotherMachineThatNobodyWatchesIsReadyWhileThereIsAConnection() {
        for (EdgeSource.State origin : EdgeSource.State.values()) {
            ReadyReport report = ReadyReport.of(relayed(true, false, origin, OptionalLong.empty()), LIMIT, "off", false);
            assertThat(report.ready()).isTrue();
            assertThat(report.why()).startsWith("nobody watches");
        }
        assertThat(why(relayed(false, false, EdgeSource.State.LIVE, OptionalLong.empty())))
            .isEqualTo("there is no connection to the relay's NATS server");
    }

    @Test
    void aStreamOfAnotherMachineThatIsWatchedIsReadyWhileFramesCome() {
        assertThat(ReadyReport.of(relayed(true, true, EdgeSource.State.LIVE, OptionalLong.of(1)), LIMIT, "off", false).ready()).isTrue();
        assertThat(why(relayed(true, true, EdgeSource.State.LIVE, OptionalLong.empty())))
            .isEqualTo("no frame has come from the origin yet");
        assertThat(why(relayed(true, true, EdgeSource.State.LIVE, OptionalLong.of(LIMIT.toNanos()))))
            .startsWith("the last frame is 5.0 s old");
        assertThat(why(relayed(true, true, EdgeSource.State.SILENT, OptionalLong.of(1)))).isEqualTo("no origin is heard of that has it");
    }

    @Test
    void whatIsSeenOfAStreamOfAnotherMachineIsWhatItsOriginSays() {
        assertThat(source(relayed(true, false, EdgeSource.State.LIVE, OptionalLong.empty()))).isEqualTo("live: ");
        assertThat(source(relayed(true, false, EdgeSource.State.STALE, OptionalLong.empty())))
            .isEqualTo("stale: the origin gets no frames");
        assertThat(source(relayed(true, true, EdgeSource.State.ABSENT, OptionalLong.of(1))))
            .isEqualTo("absent: the origin has no source for it");
        assertThat(source(relayed(true, true, EdgeSource.State.SILENT, OptionalLong.of(1)))).startsWith("absent: no origin");
        assertThat(source(relayed(false, true, EdgeSource.State.LIVE, OptionalLong.of(1)))).startsWith("absent: there is no connection");
        assertThat(source(relayed(true, true, EdgeSource.State.LIVE, OptionalLong.of(LIMIT.toNanos()))))
            .startsWith("stale: no frame for more");
        assertThat(source(relayed(true, true, EdgeSource.State.LIVE, OptionalLong.of(1)))).isEqualTo("live: ");
    }

    @Test
    void streamsThatNobodyHasAskedForAreListedToo() {
        HeardStream heard = new HeardStream("arm.wrist", "", EdgeSource.State.LIVE, 2, true);
        StreamCondition.Relayed condition = new StreamCondition.Relayed(true, false, heard.state(), heard.codec());
        assertThat(new StreamsReport(List.of(StreamsReport.Entry.of(heard, condition))).json())
            .isEqualTo("{\"streams\":[{\"name\":\"arm.wrist\",\"title\":\"arm.wrist\",\"codec\":\"hevc\",\"size\":null,"
                + "\"source\":\"live\",\"why\":\"frames are arriving\",\"viewers\":0}]}");
    }

    @Test
    void theCodecIsNotKnownBeforeItsOriginKnowsIt() {
        HeardStream heard = new HeardStream("front", "Front", EdgeSource.State.ABSENT, 0, true);
        StreamCondition.Relayed condition = new StreamCondition.Relayed(true, false, heard.state(), heard.codec());
        assertThat(new StreamsReport(List.of(StreamsReport.Entry.of(heard, condition))).json()).contains("\"codec\":null");
    }

    @Test
    void withoutAStreamThereIsNothingToSayOfOne() {
        assertThat(new HealthReport(0, Duration.ZERO, "off", List.of(), Optional.of("connected"), List.of()).json())
            .isEqualTo("{\"status\":\"ok\",\"clients\":0,\"shm_seq\":0,\"last_frame_age_ms\":null,\"uptime_s\":0,\"nats\":\"off\","
                + "\"nats_denied\":[],\"relay\":\"connected\",\"streams\":[]}");
    }

    @Test
    void viewersAreToldOfTheirStream() {
        StreamCondition live = new StreamCondition(Region.ATTACHED, PATH, 9, OptionalLong.of(1), "", Optional.empty(),
            List.of(BitstreamCondition.B_FRAMES));
        Map<String, String> titles = new LinkedHashMap<>();
        titles.put("front", "front");
        titles.put("wrist", "Wrist camera");
        assertThat(StateReport.of("1.2", "front", live, LIMIT, "connected", titles).json())
            .isEqualTo("{\"server\":\"sdr-transport\",\"version\":\"1.2\",\"stream\":\"front\",\"title\":\"front\","
                + "\"source\":{\"state\":\"live\",\"reason\":\"\",\"conditions\":[{\"condition\":\"b_frames\",\"why\":\""
                + BitstreamCondition.B_FRAMES.words() + "\"}]},\"nats\":\"connected\",\"role\":\"viewer\",\"control\":null,"
                + "\"streams\":[{\"name\":\"front\",\"title\":\"front\"},{\"name\":\"wrist\",\"title\":\"Wrist camera\"}]}");
    }

    @Test
    void viewersAreToldWhyTheirStreamIsNotLive() {
        assertThat(source(new StreamCondition(Region.ABSENT, PATH, 9, OptionalLong.of(1), "", Optional.empty(), List.of())))
            .isEqualTo("absent: there is no shared memory file");
        assertThat(source(new StreamCondition(Region.UNUSABLE, PATH, 9, OptionalLong.of(1), "", Optional.empty(), List.of())))
            .isEqualTo("absent: the shared memory file cannot be used");
        assertThat(source(attached(9, OptionalLong.empty(), ""))).isEqualTo("stale: nobody has been seen to write a frame yet");
        assertThat(source(attached(9, OptionalLong.of(LIMIT.toNanos() - 1), ""))).isEqualTo("live: ");
        assertThat(source(attached(9, OptionalLong.of(LIMIT.toNanos()), "")))
            .isEqualTo("stale: no frame for more than 5.0 s: the writer has stopped or hangs");
        assertThat(source(attached(9, OptionalLong.of(3 * LIMIT.toNanos()), ""))).as("told once")
            .isEqualTo(source(attached(9, OptionalLong.of(LIMIT.toNanos()), "")));
        assertThat(source(attached(9, OptionalLong.of(1), "crc mismatch")))
            .isEqualTo("stale: frames are written but cannot be read: crc mismatch");
        assertThat(source(new StreamCondition(Region.ATTACHED, PATH, 9, OptionalLong.of(1), "", Optional.of(Duration.ofSeconds(7)),
            List.of()))).isEqualTo("stale: no keyframe though frames arrive: the encoder sends none, also not when asked");
    }

    private static String source(StreamCondition condition) {
        StateReport report = StateReport.of("1.2", "front", condition, LIMIT, "off", Map.of("front", "front"));
        return report.source() + ": " + report.reason();
    }

    private static StreamCondition attached(long sequence, OptionalLong ageNanos, String failure) {
        return new StreamCondition(Region.ATTACHED, PATH, sequence, ageNanos, failure, Optional.empty(), List.of());
    }

    private static String why(StreamCondition condition) {
        ReadyReport report = ReadyReport.of(condition, LIMIT, "off", false);
        assertThat(report.ready()).isFalse();
        return report.why();
    }
}

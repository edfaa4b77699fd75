package io.sdros.it.ws;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.NatsClient;
import io.sdros.it.support.NatsProcess;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.Sdr2;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.WsRecorder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The subprotocol sdr.2, from the region and NATS to a client. */
final class Sdr2IT {

    private final OpenResources opened = new OpenResources();

    @AfterEach
    void closeEverything() {
        opened.close();
    }

    private static List<byte[]> ofType(WsRecorder client, byte type) {
        return client.messages().stream().map(WsRecorder.Received::bytes).filter(bytes -> bytes[0] == type).toList();
    }

    private static String text(byte[] bytes, int from) {
        return new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8);
    }

    private static void awaitState(WsRecorder client, String... parts) {
        Await.until("a state with " + String.join(" and ", parts), Deadlines.SOON, () -> {
            List<byte[]> states = ofType(client, Sdr2.STATE);
            return !states.isEmpty() && List.of(parts).stream().allMatch(text(states.get(states.size() - 1), 1)::contains);
        });
    }

    @Test
    void stateTimesTelemetryAndClock() {
        NatsProcess nats = opened.add(NatsProcess.start());
        TempRegion region = opened.add(TempRegion.create());
        ServerProcess server = opened.add(ServerProcess.builder().region(region).set("SDR_NATS_URL", nats.url()).start());
        WsRecorder client = opened.add(WsRecorder.connectSdr2(server));
        Await.until("the first message", Deadlines.SOON, () -> !client.messages().isEmpty());
        assertThat(text(client.messages().get(0).bytes(), 1)).startsWith("{\"server\":\"sdr-transport\",")
                .contains("\"stream\":\"default\"", "\"state\":\"absent\"", "\"role\":\"viewer\"");

        long before = System.nanoTime();
        RegionWriter writer = RegionWriter.open(region.path());
        server.http().awaitAttached();
        writer.keyframe(1000);
        client.awaitVideo(1); // or the second may take its place in the slot
        writer.delta(500);
        client.awaitVideo(2);
        List<Sdr2.FrameTimes> times = ofType(client, Sdr2.FRAME_TIMES).stream().map(Sdr2.FrameTimes::of).toList();
        assertThat(times).extracting(Sdr2.FrameTimes::frameSeq).containsExactly(1L, 2L);
        assertThat(times).allSatisfy(each -> {
            assertThat(each.commitNanos()).isBetween(before, each.serverNanos());
            assertThat(each.serverNanos()).isLessThan(System.nanoTime());
        });
        awaitState(client, "\"state\":\"live\"", "\"nats\":\"connected\"");

        NatsClient robot = opened.add(NatsClient.connect(nats));
        Await.until("the subscription", Deadlines.SOON, () -> nats.hasSubscription("telemetry.>"));
        robot.publish("telemetry.a", "1");
        Await.until("telemetry", Deadlines.SOON, () -> !ofType(client, Sdr2.TELEMETRY).isEmpty());
        byte[] live = ofType(client, Sdr2.TELEMETRY).get(0);
        WsRecorder late = opened.add(WsRecorder.connectSdr2(server));
        Await.until("kept telemetry", Deadlines.SOON, () -> !ofType(late, Sdr2.TELEMETRY).isEmpty());
        byte[] kept = ofType(late, Sdr2.TELEMETRY).get(0);
        assertThat(List.of(live[1], kept[1])).as("the flag of what is replayed").containsExactly((byte) 0, (byte) 1);
        assertThat(text(live, 16)).isEqualTo("telemetry.a1");
        long received = Sdr2.littleEndian(live).getLong(8);
        assertThat(received).isBetween(before, System.nanoTime()).isEqualTo(Sdr2.littleEndian(kept).getLong(8));

        client.socket().sendBinary(Sdr2.clock(77), true).join();
        Await.until("the answer", Deadlines.SOON, () -> !ofType(client, (byte) 6).isEmpty());
        ByteBuffer answer = Sdr2.littleEndian(ofType(client, (byte) 6).get(0));
        assertThat(answer.getLong(8)).isEqualTo(77);
        assertThat(answer.getLong(16)).isBetween(before, answer.getLong(24));
        assertThat(answer.getLong(24)).isLessThan(System.nanoTime());
    }
}

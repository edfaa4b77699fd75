package io.sdros.it.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RawHttp;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.Repeat;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.SteadyVideo;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.WsRecorder;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Clients that connect and then say nothing, or next to nothing, for as long as the server lets them. */
@Timeout(5 * 60) // waits that the contract sets
@Execution(ExecutionMode.CONCURRENT) // a minute of waiting, which costs the tests beside it nothing
final class IdleClientsIT {

    private static final int IDLE_CONNECTIONS = 500;
    private static final int SLOW_WRITERS = 200;
    private static final Duration FRAME_INTERVAL = Duration.ofMillis(100);
    /** The server gives a request's head 10 s and a connection without a request 60 s; twice that, on a busy machine. */
    private static final Duration SLOW_WRITERS_CUT = Duration.ofSeconds(40);
    private static final Duration IDLE_CUT = Duration.ofSeconds(120);

    @RegisterExtension
    final OpenResources opened = new OpenResources();

    private ServerProcess server;
    private WsRecorder viewer;

    @Test
    void idleConnectionsAndSlowWritersAreCutAndNobodyElseNotices() {
        TempRegion region = opened.add(TempRegion.create());
        // So generous that a busy machine makes nobody lag: what is dropped then is the idle ones' doing.
        server = opened.add(ServerProcess.builder().region(region).set("SDR_MAX_LATENCY_MS", "5000").start());
        opened.add(SteadyVideo.start(RegionWriter.open(region.path()), FRAME_INTERVAL, 100));
        viewer = opened.add(WsRecorder.connect(server.stream(), Map.of()));
        viewer.awaitVideo(1);

        List<Socket> idle = connections(IDLE_CONNECTIONS);
        List<Socket> slow = connections(SLOW_WRITERS);
        slow.forEach(socket -> drip(socket, "GET /stream/ws HTTP/1.1\r\nHost: localhost\r\nX-Padding: "));
        Repeat drops = opened.add(Repeat.every(Duration.ofSeconds(1), () -> slow.forEach(socket -> drip(socket, "x"))));

        assertEverybodyElseIsServed("while they are there");
        awaitEnded(slow, SLOW_WRITERS_CUT);
        drops.close();
        assertEverybodyElseIsServed("after the slow writers were cut");
        awaitEnded(idle, IDLE_CUT);
        assertEverybodyElseIsServed("in the end");
        assertThat(server.http().metrics().sum("sdr_frames_dropped_total")).as("dropped for anybody").isZero();
        assertThat(server.process().lines()).as("no line per connection").hasSizeLessThan(100);
    }

    private void assertEverybodyElseIsServed(String when) {
        int before = viewer.video().size();
        assertThat(server.http().get("/health").statusCode()).as(when).isEqualTo(200);
        try (WsRecorder another = WsRecorder.connect(server.stream(), Map.of())) {
            another.awaitVideo(3);
        }
        viewer.awaitVideo(before + 3);
        assertThat(viewer.closeCode()).as(when).isEmpty();
    }

    private List<Socket> connections(int count) {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sockets.add(opened.add(RawHttp.connect(server.port())));
        }
        return sockets;
    }

    private static void awaitEnded(List<Socket> sockets, Duration deadline) {
        List<Socket> left = new ArrayList<>(sockets);
        Await.until("the server cuts " + sockets.size() + " connections", deadline, () -> {
            left.removeIf(RawHttp::ended);
            return left.isEmpty();
        });
    }

    private static void drip(Socket socket, String text) {
        try {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            // Cut: what this is about.
            return;
        }
    }
}

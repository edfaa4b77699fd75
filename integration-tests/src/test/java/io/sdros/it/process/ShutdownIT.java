package io.sdros.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.process.SocketCrowd.Client;
import io.sdros.it.process.SocketCrowd.Pace;
import io.sdros.it.support.Await;
import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.SteadyVideo;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.Tool;
import io.sdros.it.support.UnfinishedRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the process ends: SIGTERM, SIGINT and SIGHUP, while it starts, under load and twice. */
final class ShutdownIT {

    private static final int FAST = 160;
    private static final int SLOW = 30;
    private static final int SILENT = 10;
    private static final int ASKING = 60;
    /** Each shows what goes wrong in a last moment, as a rule. */
    private static final int STOPS_UNDER_REQUESTS = 3;
    private static final int FRAME_BYTES = 16 * 1024;
    private static final Duration FRAME_INTERVAL = Duration.ofMillis(40);
    /** Half of what is sent: these clients are behind all the time, but have read on within the time a close may take. */
    private static final Pace SLOW_PACE = new Pace(200_000);
    private static final Pattern FIRST_WORDS = Pattern.compile("SDR_SHM_PATH=");
    private static final Pattern STOPPING = Pattern.compile("Stopping");

    private final OpenResources opened = new OpenResources();
    private final TempRegion region = opened.add(TempRegion.create());

    @AfterEach
    void closeEverything() {
        opened.close();
    }

    private ServerProcess startStreaming() {
        // Whatever a shell starts in the background ignores SIGINT, and so would the server if these tests were.
        List<String> heedful = new ArrayList<>(List.of(Tool.command("env"), "--default-signal=INT", "--default-signal=HUP"));
        heedful.addAll(ServerProcess.jarCommand());
        ServerProcess server = opened.add(ServerProcess.builder().command(heedful).region(region)
                .set("SDR_SOCKET_SEND_BUFFER", "32768").start());
        opened.add(SteadyVideo.start(RegionWriter.open(region.path()), FRAME_INTERVAL, FRAME_BYTES));
        return server;
    }

    private static void signal(ServerProcess server, String name) {
        ChildProcess.run("kill", List.of("kill", "-" + name, Long.toString(server.process().pid())), Deadlines.SOON);
    }

    private static List<Pace> crowd() {
        List<Pace> paces = new ArrayList<>(Collections.nCopies(SILENT, Pace.NOTHING));
        paces.addAll(Collections.nCopies(SLOW, SLOW_PACE));
        paces.addAll(Collections.nCopies(FAST, Pace.UNLIMITED));
        return paces;
    }

    private static void assertEndedWith1001BetweenFrames(Client client) {
        assertThat(client.check().closeCode()).as(client.toString()).isEqualTo(1001);
        assertThat(client.check().bytesAfterClose()).as(client.toString()).isZero();
        assertThat(client.failure()).as(client.toString()).isEmpty();
    }

    @Test
    void twoHundredClientsUnderLoadAreToldAndNoFrameIsCutByTheClose() {
        ServerProcess server = startStreaming();
        SocketCrowd crowd = opened.add(SocketCrowd.connect(server, crowd()));
        server.http().awaitClients(FAST + SLOW + SILENT);
        Await.until("everybody who reads has frames", Deadlines.SOON, () -> crowd.clients().stream()
                .filter(client -> client.pace().bytesPerSecond() > 0).allMatch(client -> client.wholeFrames() >= 10));

        assertThat(server.stop()).as("exit code").isZero();

        crowd.awaitEnd();
        for (Client client : crowd.clients().subList(SILENT, crowd.clients().size())) {
            assertEndedWith1001BetweenFrames(client);
        }
        // Whoever does not read cannot be told. What they find in their buffers is whole frames from the first on; the
        // last may be cut, with no close frame behind it, or else the close frame follows a whole one.
        crowd.letEverybodyRead();
        crowd.awaitEnd();
        for (Client client : crowd.clients().subList(0, SILENT)) {
            assertThat(client.check().binaryFrames()).as(client.toString()).isPositive();
            assertThat(client.check().bytesAfterClose()).as(client.toString()).isZero();
            assertThat(client.check().closeCode()).as(client.toString()).isIn(0, 1001);
            assertThat(client.failure()).as(client.toString()).doesNotContain("begins no frame");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT", "HUP"})
    void eachSignalIsAnOrderlyStop(String signal) {
        ServerProcess server = startStreaming();
        SocketCrowd crowd = opened.add(SocketCrowd.connect(server, List.of(Pace.UNLIMITED)));
        Client client = crowd.clients().get(0);
        Await.until("frames", Deadlines.SOON, () -> client.wholeFrames() >= 3);

        signal(server, signal);

        assertThat(server.process().awaitPromisedExit(Deadlines.SHUTDOWN)).isZero();
        crowd.awaitEnd();
        assertEndedWith1001BetweenFrames(client);
    }

    /** At its very first words, long before it listens. */
    @ParameterizedTest
    @ValueSource(strings = {"serve", "demo"})
    void aSignalDuringTheStartIsAnOrderlyStopToo(String command) {
        try (ChildProcess server = ServerProcess.builder().region(region).arguments(command)
                .set("SDR_LOG_LEVEL", "debug").launch()) {
            server.awaitLine(FIRST_WORDS, Deadlines.START);
            server.terminate();

            assertThat(server.awaitPromisedExit(Deadlines.SHUTDOWN)).as(server.output()).isZero();
            assertThat(server.output()).doesNotContain("Cannot start");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void aSecondSignalNeitherHastensNorBreaksTheStop(String second) {
        ServerProcess server = startStreaming();
        SocketCrowd crowd = opened.add(SocketCrowd.connect(server, List.of(Pace.NOTHING, SLOW_PACE)));
        Client slow = crowd.clients().get(1);
        Await.until("frames", Deadlines.SOON, () -> slow.wholeFrames() >= 3);

        long startNanos = System.nanoTime();
        signal(server, "TERM");
        // The client that does not read keeps the stop waiting for it: the second signal comes in time.
        server.process().awaitLine(STOPPING, Deadlines.SOON);
        signal(server, second);

        Duration left = Deadlines.SHUTDOWN.minusNanos(System.nanoTime() - startNanos);
        assertThat(server.process().awaitPromisedExit(left)).isZero();
        crowd.awaitEnd();
        assertEndedWith1001BetweenFrames(slow);
        assertThat(server.process().output()).doesNotContain("\tat ").contains("Stopped");
    }

    @Test
    void theStopIsNotHeldUpByConnectionsThatAskForNothing() {
        ServerProcess server = startStreaming();
        for (int i = 0; i < 20; i++) {
            opened.add(UnfinishedRequest.connect(server.port(), i % 2 == 0 ? "" : "GET /health HTTP/1.1\r\nHost: x"));
        }

        assertThat(server.stop()).isZero();
    }

    @RepeatedTest(STOPS_UNDER_REQUESTS)
    void requestsInTheLastMomentAreNoFailures() {
        try (ServerProcess server = ServerProcess.builder().region(region).set("SDR_IO_THREADS", "1").start();
                RequestCrowd crowd = RequestCrowd.connect(server.port(), ASKING)) {
            Await.until("requests are answered", Deadlines.SOON, () -> crowd.asked() >= 20 * ASKING);

            assertThat(server.stop()).isZero();

            crowd.awaitEnd();
            assertThat(server.process().output()).contains("Stopped").doesNotContain("\tat ").doesNotContain(" ERROR ");
        }
    }
}

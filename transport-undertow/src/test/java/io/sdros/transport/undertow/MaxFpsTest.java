package io.sdros.transport.undertow;

import static io.sdros.transport.undertow.Sdr2Messages.feedback;
import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.fanout.DropReason;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that ask for fewer frames. */
class MaxFpsTest {

    private static final Duration LONG = Duration.ofHours(10);
    private static final Duration FRAME = Duration.ofMillis(40);
    private static final double SECOND_NANOS = 1e9;

    private final List<ViewerFeedback> said = new CopyOnWriteArrayList<>();
    private final TestServer server = new TestServer(settings -> settings.pingInterval(LONG).idleTimeout(LONG),
            stream -> stream.capacity(1024), // the frames come faster than their times say
            new ViewerListener() {
                @Override
                public void onFeedback(ViewerFeedback feedback) {
                    said.add(feedback);
                }
            });
    private long sequence;

    @AfterEach
    void stop() {
        server.close();
    }

    private RawClient client(String query, boolean sdr2) throws IOException {
        RawClient client = RawClient.connect(server.address);
        String handshake = RawClient.handshake("/stream/ws" + query);
        client.send(sdr2 ? handshake.replace("\r\n\r\n", "\r\nSec-WebSocket-Protocol: sdr.2\r\n\r\n") : handshake);
        assertThat(client.readHead()).startsWith("HTTP/1.1 101 ");
        return client;
    }

    private void publish(int frames, boolean keyframes) {
        for (int i = 0; i < frames; i++) {
            server.advance(FRAME);
            server.publishTimed(++sequence, Bytes.random(100, sequence), keyframes);
        }
    }

    /** The numbers of the frames that come, up to that one. */
    private static List<Long> framesUpTo(RawClient client, long last) throws IOException {
        List<Long> numbers = new ArrayList<>();
        do {
            byte[] message = client.readFrame().payload();
            if (message[0] == 1) {
                numbers.add(Sdr2Messages.littleEndian(message).getLong(1 + 8));
            }
        } while (numbers.isEmpty() || numbers.get(numbers.size() - 1) < last);
        return numbers;
    }

    private ViewerReport reportOfReduced() {
        return server.feed.reports(10).stream().filter(viewer -> viewer.maxFps().isPresent()).findFirst().orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void framesThatStandAloneComeAtThePaceThatIsAskedFor(boolean sdr2) throws IOException {
        publish(120, true); // it is known by now how many there are
        try (RawClient reduced = client("?max_fps=5", sdr2); RawClient whole = client("", sdr2)) {
            server.awaitClients(2);
            long fromNanos = server.nanoTime();
            long first = sequence + 1;
            publish(250, true);
            double seconds = (server.nanoTime() - fromNanos) / SECOND_NANOS;
            server.advance(LONG); // or the last frame might not be due
            publish(1, true);
            assertThat(framesUpTo(whole, sequence)).as("who does not ask").containsOnlyOnceElementsOf(
                    LongStream.rangeClosed(first, sequence).boxed().toList());
            List<Long> got = framesUpTo(reduced, sequence);
            assertThat((double) got.size()).as("in %s s", seconds).isBetween(25.0, 5 * seconds + 4);
            ViewerReport report = reportOfReduced();
            assertThat(report.maxFps()).hasValue(5);
            assertThat(report.dropped().get(DropReason.UNWANTED)).isEqualTo(252L - got.size());
            assertThat(report.lagEvents()).isZero();
            Await.until("all is counted", () -> reportOfReduced().videoMessages() == got.size());
        }
    }

    @Test
    void whoJoinsAnewOnTheSameConnectionStillGetsNoMore() throws IOException {
        publish(1, true);
        publish(119, false);
        try (RawClient client = client("?max_fps=10", true)) {
            server.awaitClients(1);
            assertThat(framesUpTo(client, 1)).as("the keyframe alone").containsExactly(1L);
            Await.until("the others were left out", () -> reportOfReduced().dropped().get(DropReason.UNWANTED) == 119);
            client.send(feedback(Sdr2Messages.PLAYING, 1, server.nanoTime(), 0, 0));
            Await.until("it was heard", () -> said.size() == 1);
            assertThat(said.get(0).reduced()).as("frames behind it were left out").isTrue();
            client.send(feedback(Sdr2Messages.PAUSED));
            Await.until("a pause", () -> server.video.subscriberCount() == 0);
            client.send(feedback(Sdr2Messages.PLAYING));
            Await.until("it joins", () -> server.video.service() > 0);
            publish(20, false);
            publish(1, true);
            client.send(feedback(Sdr2Messages.PLAYING)); // or it would be sent nothing for having said nothing for long
            assertThat(framesUpTo(client, sequence)).containsExactly(1L, sequence);
        }
    }

    @Test
    void whoGetsAllIsNotReduced() throws IOException {
        publish(1, true);
        publish(119, false);
        try (RawClient client = client("?max_fps=30", true)) {
            server.awaitClients(1);
            assertThat(framesUpTo(client, sequence)).hasSize(120);
            client.send(feedback(Sdr2Messages.PLAYING, sequence, server.nanoTime(), 0, 0));
            Await.until("it was heard", () -> said.size() == 1);
            assertThat(said.get(0).reduced()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.1", "1000", "29.97", "7.125", "0000", "1001", "0.05"})
    void bounds(String value) throws Exception {
        boolean accepted = !List.of("0000", "1001", "0.05").contains(value);
        try (RawClient client = RawClient.connect(server.address).send(RawClient.handshake("/stream/ws?max_fps=" + value))) {
            assertThat(client.readHead()).startsWith(accepted ? "HTTP/1.1 101 " : "HTTP/1.1 400 ");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        "abc        | abc",
        "''         | ''",
        "0          | 0",
        "-5         | -5",
        "1e3        | 1e3",
        "NaN        | NaN",
        "1001       | 1001",
        "10&max_fps=abc | -",
        "%22%0a%00%e2%98%83 | \"???",
        "10,5       | 10,5",
    })
    void aWrongValueIsRefusedInWords(String value, String told) throws Exception {
        String path = "/stream/ws?max_fps=" + value;
        HttpResponse<String> answer = HttpClient.newHttpClient().send(HttpRequest.newBuilder(server.httpUri(path)).build(),
                HttpResponse.BodyHandlers.ofString());
        if (told == null) {
            assertThat(answer.statusCode()).as("all is well with the first").isEqualTo(426);
            return;
        }
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).hasValue("*");
        assertThat(answer.body()).isEqualTo("max_fps must be a number of frames a second from 0.1 to 1000, not \"" + told + "\"\n");
        try (RawClient client = RawClient.connect(server.address).send(RawClient.handshake(path))) {
            assertThat(client.readHead()).startsWith("HTTP/1.1 400 ");
        }
        assertThat(server.statistics().refusedByReason()).containsEntry(RefusalReason.HANDSHAKE, 1L);
    }

    @Test
    void ofALongValueTheBeginningIsTold() throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient().send(
                HttpRequest.newBuilder(server.httpUri("/stream/ws?max_fps=" + "9".repeat(1000))).build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).endsWith("not \"" + "9".repeat(40) + "...\"\n");
    }
}

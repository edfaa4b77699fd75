package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sdros.fanout.Broadcaster;
import io.sdros.fanout.LatestValueBroadcaster;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several feeds in one server: what one does is nothing to the viewers of another. */
class VideoFeedTest {

    private static final long NOT_YET = -1;
    private static final int PING = 0x89;

    /** A stream beside the server's own one, with its path. */
    private static final class Stream {

        private final String path;
        private final Broadcaster<VideoMessage> video =
                Broadcaster.<VideoMessage>builder().maxLatency(Duration.ZERO).capacity(4096).build();
        private final VideoFeed feed = VideoFeed.of(video, LatestValueBroadcaster.<String, TelemetryMessage>builder().build());

        private Stream(String path) {
            this.path = path;
        }

        private void awaitViewers(int viewers) {
            Await.until(viewers + " viewers", () -> feed.statistics().viewers() == viewers);
        }

        private void publish(byte... bytes) {
            byte[] array = new byte[VideoMessage.HEADROOM_BYTES + bytes.length];
            System.arraycopy(bytes, 0, array, VideoMessage.HEADROOM_BYTES, bytes.length);
            video.service();
            video.publish(VideoMessage.wrap(array, VideoMessage.HEADROOM_BYTES, bytes.length), true, bytes.length);
        }
    }

    private final List<AutoCloseable> open = new ArrayList<>();
    private final Stream front = new Stream("/front");
    private final Stream rear = new Stream("/rear");
    private volatile boolean held;

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private TestServer server(Consumer<StreamServerBuilder> settings) {
        TestServer server = new TestServer(builder -> {
            builder.feed(front.path, front.feed).feed(rear.path, rear.feed);
            settings.accept(builder);
        });
        open.add(server);
        return server;
    }

    private List<RawClient> join(TestServer server, Stream stream, int viewers) throws IOException {
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < viewers; i++) {
            RawClient client = RawClient.connect(server.address);
            open.add(0, client);
            clients.add(client.upgrade(stream.path));
        }
        stream.awaitViewers(viewers);
        return clients;
    }

    private static byte[] message(byte... bytes) {
        return Bytes.join(new byte[] {1}, bytes);
    }

    @Test
    void aFrameConcernsTheViewersOfItsFeedAlone() throws Exception {
        TestServer server = server(settings -> settings.inlineClients(0));
        RawClient inFront = join(server, front, 1).get(0);
        RawClient behind = join(server, rear, 1).get(0);
        rear.publish((byte) 76);
        assertThat(behind.readFrame().payload()).as("who has joined is woken for that, too").isEqualTo(message((byte) 76));
        long before = rear.feed.statistics().passes();

        for (byte i = 0; i < 10; i++) {
            front.publish(i);
            assertThat(inFront.readFrame().payload()).isEqualTo(message(i));
        }
        assertThat(rear.feed.statistics().passes()).as("the others' I/O threads looked at their viewers").isEqualTo(before);

        rear.publish((byte) 77);
        assertThat(behind.readFrame().payload()).isEqualTo(message((byte) 77));
        Await.until("all are counted", () -> front.feed.statistics().videoMessages() == 10 && rear.feed.statistics().videoMessages() == 2);
        TransportStatistics all = server.statistics();
        assertThat(all.videoMessages()).isEqualTo(12);
        assertThat(all.delay().count()).isEqualTo(12);
        assertThat(all.clients()).isEqualTo(2);
        assertThat(all.clientsTotal()).isEqualTo(2);
    }

    @Test
    void aFeedThatIsRemovedLetsItsViewersGoAndNobodyElses() throws Exception {
        TestServer server = server(settings -> { });
        server.server.addFeed("/again", front.feed);
        List<RawClient> inFront = new ArrayList<>(join(server, front, 2));
        RawClient again = RawClient.connect(server.address);
        open.add(0, again);
        inFront.add(again.upgrade("/again"));
        front.awaitViewers(3);
        RawClient behind = join(server, rear, 1).get(0);
        front.publish((byte) 1);
        for (RawClient client : inFront) {
            assertThat(client.readFrame().payload()).isEqualTo(message((byte) 1));
        }
        Await.until("all are counted", () -> front.feed.statistics().videoMessages() == 3);

        server.server.removeFeed(front.feed);
        server.server.removeFeed(front.feed);

        for (RawClient client : inFront) {
            assertThat(client.readFrame().payload()).as("1001 and why")
                    .isEqualTo(Bytes.join(new byte[] {3, (byte) 0xE9}, Bytes.utf8("stream removed")));
            client.close();
        }
        for (String path : List.of(front.path, "/again")) {
            RawClient late = RawClient.connect(server.address);
            open.add(0, late);
            assertThat(late.send(RawClient.handshake(path)).readHead()).startsWith("HTTP/1.1 404 ");
        }
        Await.until("they are gone", () -> server.statistics().clients() == 1);
        TransportStatistics all = server.statistics();
        assertThat(all.closedByReason()).containsEntry(ClosedReason.SHUTDOWN, 3L);
        assertThat(all.videoMessages()).as("what was counted stays").isEqualTo(3);
        assertThat(all.clientsTotal()).isEqualTo(4);
        assertThatThrownBy(() -> server.server.addFeed("/third", front.feed)).isInstanceOf(IllegalStateException.class);

        rear.publish((byte) 2);
        assertThat(behind.readFrame().payload()).isEqualTo(message((byte) 2));
        Stream anew = new Stream(front.path);
        server.server.addFeed(anew.path, anew.feed);
        RawClient back = join(server, anew, 1).get(0);
        anew.publish((byte) 3);
        assertThat(back.readFrame().payload()).isEqualTo(message((byte) 3));
        Await.until("all are counted", () -> server.statistics().videoMessages() == 5);
    }

    @Test
    void manyViewersOfOneFeedLetThoseOfAnotherInBetween() throws Exception {
        int crowd = 3 * ViewerGroup.SLICE + 1;
        // Asked for on the I/O thread after each message that is with the kernel.
        AtomicLong crowdHad = new AtomicLong(NOT_YET);
        CountDownLatch released = new CountDownLatch(1);
        TestServer server = server(settings -> settings.inlineClients(0).ioThreads(1)
                .nanoClock(() -> {
                    if (rear.feed.statistics().videoMessages() > 0) {
                        crowdHad.compareAndSet(NOT_YET, front.feed.statistics().videoMessages());
                    }
                    return System.nanoTime();
                })
                .route("/hold", query -> held(released)));
        List<RawClient> inFront = join(server, front, crowd);
        RawClient behind = join(server, rear, 1).get(0);

        RawClient holder = RawClient.connect(server.address);
        open.add(0, holder);
        holder.send("GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Await.until("the I/O thread is held", () -> held);
        front.publish((byte) 1);
        rear.publish((byte) 2);
        released.countDown();

        assertThat(behind.readFrame().payload()).isEqualTo(message((byte) 2));
        for (RawClient client : inFront) {
            assertThat(client.readFrame().payload()).isEqualTo(message((byte) 1));
        }
        assertThat(crowdHad.get()).as("of %d who were served before the other feed's viewer", crowd)
                .isBetween(1L, (long) ViewerGroup.SLICE);
    }

    private HttpReply held(CountDownLatch released) {
        held = true;
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return HttpReply.text(200, "");
    }

    /** With a message for every look at the clock, telemetry comes faster than all viewers can be gone around. */
    @Test
    void telemetryWithoutEndLetsTheThreadLookAtItsSockets() throws Exception {
        LatestValueBroadcaster<String, TelemetryMessage> telemetry = LatestValueBroadcaster.<String, TelemetryMessage>builder().build();
        VideoFeed flooded = VideoFeed.of(front.video, telemetry);
        TestServer server = new TestServer(builder -> builder.feed(front.path, flooded).feed(rear.path, rear.feed).ioThreads(1)
                .nanoClock(() -> {
                    if (held && Thread.currentThread().getName().contains("I/O")) {
                        telemetry.publish("a", TelemetryMessage.of("a", new byte[1]), 1);
                    }
                    return System.nanoTime();
                }));
        open.add(server);
        for (int i = 0; i < 3 * ViewerGroup.SLICE; i++) {
            RawClient client = RawClient.connect(server.address);
            open.add(0, client);
            client.upgrade(front.path);
        }
        Await.until("all are in front", () -> flooded.statistics().viewers() == 3 * ViewerGroup.SLICE);
        RawClient behind = join(server, rear, 1).get(0);

        held = true;
        telemetry.publish("a", TelemetryMessage.of("a", new byte[1]), 1);
        Await.until("the flood has begun", () -> flooded.statistics().telemetryMessages() > 10 * ViewerGroup.SLICE);
        for (byte i = 0; i < 10; i++) {
            behind.send(Bytes.frame(PING, new byte[] {i}));
            assertThat(behind.readFrame().payload()).isEqualTo(new byte[] {i});
        }
        held = false;
    }

    @Test
    void twoPublishingThreadsWriteAtTheSameTime() throws Exception {
        TestServer server = server(settings -> settings.inlineClients(10));
        RawClient inFront = join(server, front, 1).get(0);
        RawClient behind = join(server, rear, 1).get(0);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        open.add(0, threads::shutdownNow);
        Future<?> first = threads.submit(() -> publishAndRead(front, inFront, 30_000, (byte) 1));
        Future<?> second = threads.submit(() -> publishAndRead(rear, behind, 50_000, (byte) 2));
        first.get();
        second.get();
    }

    private static Void publishAndRead(Stream stream, RawClient viewer, int frameBytes, byte filling) throws IOException {
        byte[] frame = new byte[frameBytes];
        Arrays.fill(frame, filling);
        for (int i = 0; i < 1_000; i++) {
            stream.publish(frame);
            assertThat(viewer.readFrame().payload()).isEqualTo(message(frame));
        }
        return null;
    }

    @Test
    void aFeedIsAddedWhileTheServerRuns() throws Exception {
        TestServer server = server(settings -> settings.route("/route", query -> HttpReply.text(200, "")));
        Stream late = new Stream("/late");
        server.server.addFeed(late.path, late.feed);
        server.server.addFeed("/late/too", late.feed);
        RawClient first = join(server, late, 1).get(0);
        RawClient second = RawClient.connect(server.address).upgrade("/late/too");
        open.add(0, second);
        late.awaitViewers(2);
        late.publish((byte) 5);
        assertThat(first.readFrame().payload()).isEqualTo(message((byte) 5));
        assertThat(second.readFrame().payload()).isEqualTo(message((byte) 5));
        Await.until("both are counted", () -> server.statistics().videoMessages() == 2);

        assertThatThrownBy(() -> server.server.addFeed("/front", late.feed)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> server.server.addFeed("/route", late.feed)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> server.server.addFeed("late", late.feed)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFeedIsAddedWhenItsPathIsAskedFor() throws Exception {
        Stream asked = new Stream("/asked");
        List<String> unknown = new ArrayList<>();
        AtomicReference<TestServer> running = new AtomicReference<>();
        TestServer server = server(settings -> settings.ioThreads(1).feedsOnDemand(onDemand(
                path -> !path.equals("/other"), path -> {
                    unknown.add(path);
                    if (path.equals(asked.path)) {
                        running.get().server.addFeed(path, asked.feed);
                    }
                })));
        running.set(server);
        for (String path : List.of("/other", "/full")) {
            assertThat(answer(server, get(path))).startsWith("HTTP/1.1 404 ");
        }
        RawClient viewer = join(server, asked, 1).get(0);
        asked.publish((byte) 6);
        assertThat(viewer.readFrame().payload()).isEqualTo(message((byte) 6));
        RawClient second = RawClient.connect(server.address);
        open.add(0, second);
        second.upgrade(asked.path);
        asked.awaitViewers(2);
        assertThat(unknown).containsExactly("/full", "/asked");
    }

    private static FeedsOnDemand onDemand(Predicate<String> known, Consumer<String> wanted) {
        return new FeedsOnDemand() {
            @Override
            public boolean known(String path) {
                return known.test(path);
            }

            @Override
            public void wanted(String path) {
                wanted.accept(path);
            }
        };
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    }

    private String answer(TestServer server, String request) throws IOException {
        RawClient client = RawClient.connect(server.address);
        open.add(0, client);
        client.send(Bytes.utf8(request));
        return client.readHead();
    }

    @Test
    void whoMayNotWatchCannotHaveAFeedAdded() throws Exception {
        List<String> wanted = new CopyOnWriteArrayList<>();
        TestServer server = server(settings -> settings.authToken(Optional.of("secret"))
                .feedsOnDemand(onDemand(path -> path.startsWith("/asked"), wanted::add)));
        String foreign = get("/asked?token=secret").replace("\r\n\r\n", "\r\nOrigin: http://elsewhere.example\r\n\r\n");

        // A page learns from the plain request why its handshake failed.
        assertThat(answer(server, get("/asked"))).startsWith("HTTP/1.1 401 ").contains("Access-Control-Allow-Origin: *");
        assertThat(answer(server, RawClient.handshake("/asked/too?token=wrong"))).startsWith("HTTP/1.1 401 ");
        assertThat(answer(server, foreign)).startsWith("HTTP/1.1 403 ");
        assertThat(answer(server, get("/asked?token=secret").replace("GET", "POST"))).startsWith("HTTP/1.1 405 ");
        assertThat(answer(server, get("/other"))).startsWith("HTTP/1.1 404 ");
        assertThat(wanted).isEmpty();
        assertThat(server.statistics().refusedByReason()).containsEntry(RefusalReason.TOKEN, 1L);

        assertThat(answer(server, get("/asked?token=secret"))).startsWith("HTTP/1.1 404 ");
        assertThat(wanted).containsExactly("/asked");
    }

    @Test
    void aFeedBelongsToOneServerThatRuns() {
        TestServer server = server(settings -> { });
        try (TestServer other = new TestServer()) {
            assertThatThrownBy(() -> other.server.addFeed("/front", front.feed)).isInstanceOf(IllegalStateException.class);
            assertThat(other.statistics().videoMessages()).isZero();
        }
        server.close();
        Stream late = new Stream("/late");
        assertThatThrownBy(() -> server.server.addFeed(late.path, late.feed)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> StreamServer.builder().build().addFeed(late.path, late.feed))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void placesAreTheServersAndNotAFeeds() throws Exception {
        TestServer server = server(settings -> settings.maxClients(2));
        join(server, front, 1);
        join(server, rear, 1);
        try (RawClient third = RawClient.connect(server.address)) {
            third.send(RawClient.handshake("/rear"));
            assertThat(third.readHead()).startsWith("HTTP/1.1 503 ");
        }
        assertThat(server.statistics().refusedByReason()).containsEntry(RefusalReason.LIMIT, 1L);
    }

    @Test
    void theViewersOfAllFeedsAreToldOfTheEnd() throws Exception {
        TestServer server = server(settings -> settings.shutdownTimeout(Duration.ofMillis(200)));
        RawClient inFront = join(server, front, 1).get(0);
        RawClient behind = join(server, rear, 1).get(0);
        server.close();
        assertThat(inFront.readUntilClose().closeCode()).isEqualTo(1001);
        assertThat(behind.readUntilClose().closeCode()).isEqualTo(1001);
        assertThat(front.feed.statistics().closedByReason()).containsEntry(ClosedReason.SHUTDOWN, 1L);
        assertThat(server.statistics().closedByReason()).containsEntry(ClosedReason.SHUTDOWN, 2L);
    }
}

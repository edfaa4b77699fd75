package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ViewerListenerTest {

    private static final byte[] FRAME = new byte[TestServer.HEADER_BYTES + 1000];

    private final List<InetAddress> joined = new CopyOnWriteArrayList<>();
    private final List<ViewerLeft> left = new CopyOnWriteArrayList<>();
    private final List<Integer> ignored = new CopyOnWriteArrayList<>();

    private final ViewerListener listener = new ViewerListener() {
        @Override
        public void onJoined(InetAddress address) {
            joined.add(address);
        }

        @Override
        public void onLeft(ViewerLeft gone) {
            left.add(gone);
        }

        @Override
        public void onMessageIgnored(InetAddress address, int lengthBytes) {
            ignored.add(lengthBytes);
        }
    };

    @Test
    void aViewersComingAndGoingIsToldWithWhatItGot() throws Exception {
        try (TestServer server = new TestServer(
                        settings -> settings.trustedProxies(TrustedProxies.parse("127.0.0.0/8")), stream -> { }, listener);
                RawClient viewer = RawClient.connect(server.address)) {
            viewer.send(RawClient.handshake("/stream/ws").replace("\r\n\r\n", "\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n"));
            assertThat(viewer.readHead()).startsWith("HTTP/1.1 101 ");
            Await.until("told that it joined", () -> !joined.isEmpty()); // which is after it is counted
            assertThat(joined).containsExactly(InetAddress.getByName("203.0.113.7"));

            long bytes = 0;
            for (int i = 0; i < 3; i++) {
                server.publish(FRAME, true);
                bytes += viewer.readFrame().payload().length + 4;
            }
            viewer.sendHex("8281 00000000 ff 8282 00000000 ffff"); // two messages, of one byte and of two
            viewer.sendHex("8882 00000000 03e8"); // close, 1000
            bytes += viewer.readUntilClose().payload().length + 2;
            server.advance(Duration.ofSeconds(3));
            viewer.socket.close();
            Await.until("told that it left", () -> !left.isEmpty());

            ViewerLeft gone = left.get(0);
            assertThat(left).hasSize(1);
            assertThat(gone.address()).isEqualTo(joined.get(0));
            assertThat(gone.reason()).isEqualTo(ClosedReason.CLIENT);
            assertThat(gone.connected()).isBetween(Duration.ofSeconds(3), Duration.ofSeconds(3).plus(Await.DEADLINE));
            assertThat(gone.videoMessages()).isEqualTo(3);
            assertThat(gone.sentBytes()).isEqualTo(bytes);
            assertThat(gone.ignoredMessages()).isEqualTo(2);
            assertThat(ignored).as("the first alone").containsExactly(1);
        }
    }

    @Test
    void whatIsAnnouncedWhenAViewerJoinsIsWhatItIsToldFirst() throws Exception {
        AtomicReference<VideoFeed> feed = new AtomicReference<>();
        ViewerListener announcing = new ViewerListener() {
            @Override
            public void onJoined(InetAddress address) {
                feed.get().announce("{\"now\":true}");
            }
        };
        try (TestServer server = new TestServer(settings -> { }, stream -> { }, announcing)) {
            feed.set(server.feed);
            server.feed.announce("{\"now\":false}");
            try (RawClient viewer = RawClient.speakingSdr2(server.address)) {
                assertThat(viewer.readFrame().payload()).isEqualTo(Bytes.utf8("\t{\"now\":true}"));
            }
        }
    }

    @Test
    void theStopOfTheServerIsAReasonToo() throws Exception {
        TestServer server = new TestServer(settings -> { }, stream -> { }, listener);
        try (RawClient viewer = RawClient.upgraded(server.address)) {
            server.awaitClients(1);
            Thread stop = new Thread(server::close);
            stop.start();
            viewer.readUntilClose();
            viewer.socket.close();
            stop.join();
        }
        assertThat(left).singleElement().extracting(ViewerLeft::reason).isEqualTo(ClosedReason.SHUTDOWN);
    }
}

package io.sdros.relay.nats.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.relay.nats.Eventually;
import io.sdros.relay.nats.NatsNode;
import io.sdros.telemetry.nats.NatsState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("tools")
class NatsLinkTest {

    /** Takes longer than a server may take to answer. */
    private static final int LARGE_BYTES = 400_000;
    private static final int BYTES_PER_SECOND = 250_000;

    @TempDir
    private Path folder;

    private final List<LinkMessage> heard = new CopyOnWriteArrayList<>();

    private static NatsLink link(NatsNode node) {
        NatsLink link = new NatsLink(node.url(), Optional.empty(), Optional.empty(), "link-test");
        link.start();
        Eventually.await("connected", link::connected);
        return link;
    }

    @Test
    void carriesMessagesAndSaysWhereAnswersGo() {
        try (NatsNode node = NatsNode.running(folder, ""); NatsLink one = link(node); NatsLink other = link(node)) {
            RelayLink.LinkSubscription subscription = other.subscribe("a.*", heard::add);
            other.publish("a.mine", bytes("1"));
            Eventually.await("its own", () -> heard.size() == 1);
            one.publish("a.b", "_INBOX.x", bytes("2"));
            Eventually.await("another's", () -> heard.size() == 2);

            assertThat(heard.get(1).subject()).isEqualTo("a.b");
            assertThat(heard.get(1).replyTo()).contains("_INBOX.x");
            assertThat(heard.get(1).payload()).isEqualTo(bytes("2"));
            assertThat(heard.get(1).noResponders()).isFalse();
            assertThat(one.maxPayloadBytes()).isEqualTo(1 << 20);

            subscription.close();
            RelayLink.LinkSubscription last = other.subscribe("b", heard::add);
            // Until this is back nobody knows that the server has seen both.
            other.publish("b", bytes("3"));
            Eventually.await("its own again", () -> heard.size() == 3);
            one.publish("a.b", bytes("4"));
            one.publish("b", bytes("5"));
            Eventually.await("what is still subscribed to", () -> heard.size() == 4);
            assertThat(heard.get(3).payload()).isEqualTo(bytes("5"));
            last.close();
        }
    }

    @Test
    void theServerSaysThatNobodyListens() {
        try (NatsNode node = NatsNode.running(folder, ""); NatsLink link = link(node)) {
            String inbox = link.newInbox();
            link.subscribe(inbox + ".*", heard::add);

            link.publish("nobody", inbox + ".7", bytes("x"));

            Eventually.await("its word", () -> heard.size() == 1);
            assertThat(heard.get(0).noResponders()).isTrue();
            assertThat(heard.get(0).subject()).isEqualTo(inbox + ".7");
        }
    }

    @Test
    void aConnectionGivenUpIsMadeAgainWithItsSubscriptions() {
        AtomicInteger connections = new AtomicInteger();
        try (NatsNode node = NatsNode.running(folder, ""); NatsLink link = link(node)) {
            link.onConnected(connections::incrementAndGet);
            link.subscribe("a", heard::add);

            link.reconnect();

            Eventually.await("another connection", () -> connections.get() == 1);
            assertThat(link.publish("a", bytes("1"))).isTrue();
            Eventually.await("subscribed again", () -> heard.size() == 1);
        }
    }

    @Test
    void aFrozenServerIsLeftForAnother() {
        try (NatsNode node = NatsNode.running(folder, ""); NatsNode other = NatsNode.running(folder, "");
                NatsLink link = new NatsLink(node.url() + "," + other.url(), Optional.empty(), Optional.empty(), "link-test")) {
            AtomicInteger connections = new AtomicInteger();
            link.onConnected(connections::incrementAndGet);
            link.start();
            Eventually.await("connected", () -> connections.get() == 1);
            node.freeze();

            Eventually.await("connected to the other", () -> connections.get() == 2);
            node.thaw();
        }
    }

    @Test
    void aFrozenServerIsLeftHoweverMuchIsOnItsWayToIt() {
        try (NatsNode node = NatsNode.running(folder, ""); NatsNode other = NatsNode.running(folder, "");
                NatsLink link = new NatsLink(node.url() + "," + other.url(), Optional.empty(), Optional.empty(), "link-test")) {
            AtomicInteger connections = new AtomicInteger();
            link.onConnected(connections::incrementAndGet);
            link.start();
            Eventually.await("connected", () -> connections.get() == 1);
            node.freeze();
            link.publish("a", new byte[LARGE_BYTES]);

            Eventually.await("connected to the other", () -> connections.get() == 2);
            node.thaw();
        }
    }

    @Test
    void aLargeMessageOnANarrowWayIsNotCutOff() {
        try (NatsNode node = NatsNode.running(folder, ""); NarrowWay way = NarrowWay.to(node.url(), BYTES_PER_SECOND);
                NatsLink other = link(node);
                NatsLink link = new NatsLink(way.url(), Optional.empty(), Optional.empty(), "link-test")) {
            AtomicInteger connections = new AtomicInteger();
            link.onConnected(connections::incrementAndGet);
            link.start();
            Eventually.await("connected", () -> connections.get() == 1);
            other.subscribe("a", heard::add);
            other.publish("a", bytes("1"));
            Eventually.await("subscribed", () -> heard.size() == 1);

            link.publish("a", new byte[LARGE_BYTES]);

            Eventually.await("it is there", () -> heard.size() == 2);
            assertThat(connections.get()).isEqualTo(1);
        }
    }

    @Test
    void afterALossTheServerThatWasLostIsTriedLast() {
        try (NatsNode node = NatsNode.running(folder, ""); NatsNode other = NatsNode.running(folder, "");
                NatsLink link = new NatsLink(node.url() + "," + other.url(), Optional.empty(), Optional.empty(), "link-test")) {
            AtomicInteger connections = new AtomicInteger();
            link.onConnected(connections::incrementAndGet);
            link.start();
            // Once is enough, unless a busy machine lets the other one look absent.
            for (int losses = 0; !connectedTo(link, connections, losses + 1).equals(other.url()); losses++) {
                assertThat(losses).isLessThan(3);
                link.reconnect();
            }
        }
    }

    private static String connectedTo(NatsLink link, AtomicInteger connections, int count) {
        Eventually.await("connected for the " + count + ". time",
                () -> connections.get() == count && link.status().state() == NatsState.CONNECTED);
        return link.status().detail();
    }

    @Test
    void aListenerThatFailsIsCalledAgain() {
        try (NatsNode node = NatsNode.running(folder, ""); NatsLink link = link(node)) {
            link.subscribe("a", message -> {
                heard.add(message);
                throw new IllegalStateException("on purpose");
            });
            link.publish("a", bytes("1"));
            link.publish("a", bytes("2"));

            Eventually.await("both", () -> heard.size() == 2);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

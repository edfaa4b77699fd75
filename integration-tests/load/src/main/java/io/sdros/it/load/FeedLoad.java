package io.sdros.it.load;

import io.sdros.fanout.Broadcaster;
import io.sdros.fanout.LatestValueBroadcaster;
import io.sdros.it.support.Await;
import io.sdros.it.support.OpenResources;
import io.sdros.transport.undertow.StreamServer;
import io.sdros.transport.undertow.TelemetryMessage;
import io.sdros.transport.undertow.VideoFeed;
import io.sdros.transport.undertow.VideoMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;

/**
 * A program: what does one feed's crowd do to the viewers of another feed of the same server? Server and viewers are in
 * this process. In turns the crowd's feed is silent and sends; prints the age of frames at the other feed's viewers, and
 * the medians over all rounds.
 *
 * <p>System properties {@code load.viewers} (of the feed that is measured), {@code load.crowd} (of the other), {@code
 * load.frame} (bytes), {@code load.fps}, {@code load.rounds}, {@code load.seconds} (of each half of a round).
 */
final class FeedLoad {

    private static final int VIEWERS = Integer.getInteger("load.viewers", 50);
    private static final int CROWD = Integer.getInteger("load.crowd", 500);
    private static final int FRAME_BYTES = Integer.getInteger("load.frame", 3_000);
    private static final int FPS = Integer.getInteger("load.fps", 30);
    private static final int ROUNDS = Integer.getInteger("load.rounds", 5);
    private static final int SECONDS = Integer.getInteger("load.seconds", 5);

    private static final int HEADER_BYTES = 4; // of a WebSocket frame of this length
    private static final int MESSAGE_BYTES = HEADER_BYTES + 1 + FRAME_BYTES;
    private static final String END_OF_HEAD = "\r\n\r\n";
    private static final String HANDSHAKE = " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==" + END_OF_HEAD;

    /** A feed with its producer: all frames are keyframes, which say when they were published. */
    private static final class Source implements AutoCloseable {
        private final Broadcaster<VideoMessage> video = Broadcaster.<VideoMessage>builder().build();
        private final VideoFeed feed =
                VideoFeed.of(video, LatestValueBroadcaster.<String, TelemetryMessage>builder().build());
        private final Thread thread = new Thread(this::run, "producer");
        private volatile boolean sending = true;
        private volatile boolean stopped;

        private void run() {
            long nextNanos = System.nanoTime();
            while (!stopped) {
                nextNanos += Duration.ofSeconds(1).toNanos() / FPS;
                LockSupport.parkNanos(nextNanos - System.nanoTime());
                video.service();
                if (sending) {
                    byte[] array = new byte[VideoMessage.HEADROOM_BYTES + FRAME_BYTES];
                    ByteBuffer.wrap(array).putLong(VideoMessage.HEADROOM_BYTES, System.nanoTime());
                    video.publish(VideoMessage.wrap(array, VideoMessage.HEADROOM_BYTES, FRAME_BYTES), true, FRAME_BYTES);
                }
            }
        }

        @Override
        public void close() {
            stopped = true;
        }
    }

    /** Viewers of one feed on a thread of their own. */
    private static final class Audience implements AutoCloseable {
        private final Selector selector = Selector.open();
        private final List<Long> agesNanos = new ArrayList<>();
        private final Thread thread = new Thread(this::run, "audience");
        private volatile boolean stopped;

        private Audience(InetSocketAddress address, String path, int viewers) throws IOException {
            for (int i = 0; i < viewers; i++) {
                SocketChannel viewer = SocketChannel.open(address);
                viewer.write(StandardCharsets.US_ASCII.encode("GET " + path + HANDSHAKE));
                StringBuilder head = new StringBuilder();
                ByteBuffer one = ByteBuffer.allocate(1);
                while (head.indexOf(END_OF_HEAD) < 0 && viewer.read(one.clear()) > 0) {
                    head.append((char) one.get(0));
                }
                viewer.configureBlocking(false);
                viewer.register(selector, SelectionKey.OP_READ, ByteBuffer.allocate(MESSAGE_BYTES));
            }
            thread.start();
        }

        private void run() {
            try (selector) {
                while (!stopped) {
                    selector.select(this::read, 100);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Pings are not told apart from frames: what is measured is shorter than their interval. */
        private void read(SelectionKey key) {
            ByteBuffer message = (ByteBuffer) key.attachment();
            try {
                while (((SocketChannel) key.channel()).read(message) > 0) {
                    if (!message.hasRemaining()) {
                        synchronized (this) {
                            agesNanos.add(System.nanoTime() - message.getLong(HEADER_BYTES + 1));
                        }
                        message.clear();
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Since the last call, ascending. */
        private synchronized long[] take() {
            long[] ages = agesNanos.stream().mapToLong(Long::longValue).sorted().toArray();
            agesNanos.clear();
            return ages;
        }

        @Override
        public void close() {
            stopped = true;
            selector.wakeup();
        }
    }

    private record Half(double p50Millis, double p99Millis, int frames) {

        static Half of(long[] agesNanos) {
            return new Half(agesNanos[agesNanos.length / 2] / 1e6, agesNanos[agesNanos.length * 99 / 100] / 1e6, agesNanos.length);
        }
    }

    private FeedLoad() {
    }

    public static void main(String[] arguments) throws IOException {
        try (OpenResources opened = new OpenResources()) {
            Source measured = opened.add(new Source());
            Source other = opened.add(new Source());
            StreamServer server = opened.add(StreamServer.builder()
                    .listenAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .maxClients(0).pingInterval(Duration.ofHours(1)).idleTimeout(Duration.ofHours(1))
                    .feed("/measured", measured.feed).feed("/other", other.feed).build());
            InetSocketAddress address = server.start();
            measured.thread.start();
            other.thread.start();
            Audience viewers = opened.add(new Audience(address, "/measured", VIEWERS));
            opened.add(new Audience(address, "/other", CROWD));
            List<Half> alone = new ArrayList<>();
            List<Half> beside = new ArrayList<>();
            for (int round = 0; round <= ROUNDS; round++) {
                Half without = half(other, false, viewers);
                Half with = half(other, true, viewers);
                System.out.printf(Locale.ROOT, "alone %s%nbeside %s%n", without, with);
                if (round > 0) { // the first is for the compilers
                    alone.add(without);
                    beside.add(with);
                }
            }
            System.out.printf(Locale.ROOT, "medians of %d rounds, %d viewers beside %d of another feed: p99 %.2f ms alone, %.2f beside;"
                    + " p50 %.2f, %.2f%n", ROUNDS, VIEWERS, CROWD, median(alone, Half::p99Millis), median(beside, Half::p99Millis),
                    median(alone, Half::p50Millis), median(beside, Half::p50Millis));
        }
    }

    private static Half half(Source other, boolean sending, Audience viewers) {
        other.sending = sending;
        Await.pause(Duration.ofMillis(500).toNanos());
        viewers.take();
        Await.pause(Duration.ofSeconds(SECONDS).toNanos());
        return Half.of(viewers.take());
    }

    private static double median(List<Half> halves, ToDoubleFunction<Half> value) {
        double[] values = halves.stream().mapToDouble(value).toArray();
        Arrays.sort(values);
        return values[values.length / 2];
    }
}

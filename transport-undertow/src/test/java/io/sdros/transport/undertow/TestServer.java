package io.sdros.transport.undertow;

import io.sdros.fanout.Broadcaster;
import io.sdros.fanout.BroadcasterBuilder;
import io.sdros.fanout.LatestValueBroadcaster;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** A server on a free port, with the test's thread as its producer and a clock that runs ahead when told to. */
final class TestServer implements AutoCloseable {

    static final int HEADER_BYTES = 32;

    final Broadcaster<VideoMessage> video;
    final LatestValueBroadcaster<String, TelemetryMessage> telemetry =
            LatestValueBroadcaster.<String, TelemetryMessage>builder().cachedKeys(16).build();
    final VideoFeed feed;
    final StreamServer server;
    final InetSocketAddress address;

    private final AtomicLong aheadNanos = new AtomicLong();

    TestServer() {
        this(settings -> { });
    }

    TestServer(Consumer<StreamServerBuilder> settings) {
        this(settings, stream -> { });
    }

    TestServer(Consumer<StreamServerBuilder> settings, Consumer<BroadcasterBuilder<VideoMessage>> stream) {
        this(settings, stream, ViewerListener.NONE);
    }

    TestServer(Consumer<StreamServerBuilder> settings, Consumer<BroadcasterBuilder<VideoMessage>> stream, ViewerListener listener) {
        BroadcasterBuilder<VideoMessage> streamSettings = Broadcaster.<VideoMessage>builder()
                .maxLatency(Duration.ZERO)
                .nanoClock(this::nanoTime);
        stream.accept(streamSettings);
        video = streamSettings.build();
        feed = VideoFeed.of(video, telemetry, listener);
        StreamServerBuilder builder = StreamServer.builder()
                .listenAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .ioThreads(2)
                .feed("/stream/ws", feed)
                .nanoClock(this::nanoTime)
                .tickInterval(Duration.ofMillis(5));
        settings.accept(builder);
        server = builder.build();
        address = server.start();
    }

    long nanoTime() {
        return System.nanoTime() + aheadNanos.get();
    }

    void advance(Duration time) {
        aheadNanos.addAndGet(time.toNanos());
    }

    URI webSocketUri() {
        return URI.create("ws://127.0.0.1:" + address.getPort() + "/stream/ws");
    }

    URI httpUri(String path) {
        return URI.create("http://127.0.0.1:" + address.getPort() + path);
    }

    /** Admits joiners until so many are connected and have been admitted. */
    void awaitClients(int clients) {
        Await.until(clients + " clients, not " + server.statistics().clients(), () -> {
            TransportStatistics now = server.statistics();
            long ended = now.closedByReason().values().stream().mapToLong(Long::longValue).sum();
            // The last is counted once the producer can see a joiner; the others may be true a moment before.
            return now.clients() == clients && video.subscriberCount() == clients && now.clientsTotal() - ended == clients;
        });
        video.service();
    }

    void publish(byte[] headerAndPayload, boolean keyframe) {
        byte[] array = new byte[VideoMessage.HEADROOM_BYTES + headerAndPayload.length];
        System.arraycopy(headerAndPayload, 0, array, VideoMessage.HEADROOM_BYTES, headerAndPayload.length);
        VideoMessage message =
                VideoMessage.wrap(array, VideoMessage.HEADROOM_BYTES, headerAndPayload.length);
        video.service();
        video.publish(message, keyframe, headerAndPayload.length);
    }

    /** Committed a millisecond before this server had it, which is now, and taken 5 ms before that. Numbered here. */
    FrameTimes publishTimed(long frameSeq, byte[] headerAndPayload, boolean keyframe) {
        long nowNanos = nanoTime();
        FrameTimes times = new FrameTimes(nowNanos - 6_000_000, nowNanos - 1_000_000, true, nowNanos);
        Sdr2Messages.littleEndian(headerAndPayload).putLong(8, frameSeq);
        byte[] array = new byte[VideoMessage.HEADROOM_BYTES + headerAndPayload.length];
        System.arraycopy(headerAndPayload, 0, array, VideoMessage.HEADROOM_BYTES, headerAndPayload.length);
        video.service();
        video.publish(VideoMessage.wrap(array, VideoMessage.HEADROOM_BYTES, headerAndPayload.length, times, FrameReferences.UNKNOWN),
                keyframe, headerAndPayload.length);
        return times;
    }

    TransportStatistics statistics() {
        return server.statistics();
    }

    void awaitClosed(ClosedReason reason, long times) {
        Await.until("closed for " + reason + ", not " + statistics().closedByReason(),
                () -> statistics().closedByReason().get(reason) == times);
    }

    @Override
    public void close() {
        server.close();
    }
}

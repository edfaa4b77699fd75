package io.sdros.server.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.fanout.LatestValueBroadcaster;
import io.sdros.server.bus.BusUpstream;
import io.sdros.server.bus.MessageBus;
import io.sdros.server.bus.NoBus;
import io.sdros.server.bus.TelemetryPublisher;
import io.sdros.server.metrics.MetricSource;
import io.sdros.server.metrics.MetricsRegistry;
import io.sdros.server.metrics.NatsMetrics;
import io.sdros.server.metrics.TelemetryCounters;
import io.sdros.server.settings.PollModeSetting;
import io.sdros.server.settings.StreamSettings;
import io.sdros.shm.protocol.FrameFlags;
import io.sdros.shm.protocol.FrameHeader;
import io.sdros.shm.protocol.FrameHeaderLayout;
import io.sdros.transport.undertow.FrameTimes;
import io.sdros.transport.undertow.StreamServer;
import io.sdros.transport.undertow.TelemetryMessage;
import io.sdros.transport.undertow.VideoMessage;
import io.sdros.transport.undertow.ViewerListener;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.helpers.NOPLogger;

/** A stream does not care where its frames come from: here from the test. */
@Timeout(60)
class VideoStreamTest {

    private static final String HANDSHAKE = " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
            + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    private static final int CODEC_WITHOUT_NAME = 77;

    /** Its producer is the test's thread. */
    private static final class HandFed implements FrameSource {
        private final FramePublisher publisher;
        private final ReadingDemand demand;
        private final BlockingQueue<String> wakeUps = new LinkedBlockingQueue<>();
        private boolean started;
        private boolean closed;

        private HandFed(FramePublisher publisher, ReadingDemand demand) {
            this.publisher = publisher;
            this.demand = demand;
        }

        private void frame(byte... bytes) {
            int payloadOffset = VideoMessage.HEADROOM_BYTES + FrameHeaderLayout.HEADER_BYTES;
            byte[] array = new byte[payloadOffset + bytes.length];
            System.arraycopy(bytes, 0, array, payloadOffset, bytes.length);
            FrameHeader header = new FrameHeader(1, 1, bytes.length, FrameFlags.KEYFRAME, CODEC_WITHOUT_NAME, 0, 0);
            header.encode(array, VideoMessage.HEADROOM_BYTES);
            publisher.publish(array, VideoMessage.HEADROOM_BYTES, header, FrameTimes.seen(System.nanoTime()));
        }

        private void awaitWakeUp() throws InterruptedException {
            assertThat(wakeUps.poll(20, TimeUnit.SECONDS)).as("woken for the one who joins").isNotNull();
            publisher.service(System.nanoTime());
        }

        @Override
        public void start() {
            started = true;
        }

        @Override
        public void wakeUp() {
            wakeUps.add("");
        }

        @Override
        public Condition condition() {
            return new Condition(StreamCondition.Region.ATTACHED, "by hand", 7, OptionalLong.of(8));
        }

        @Override
        public MetricSource metrics() {
            return new NatsMetrics(new TelemetryCounters(), Optional::empty, List::of);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** Notes whose viewers need a keyframe. */
    private static final class Noting implements MessageBus {
        private final List<String> asked = new ArrayList<>();
        private final NoBus none = new NoBus();

        @Override
        public void start(TelemetryPublisher publisher) {
        }

        @Override
        public boolean requestKeyframe(String stream, byte[] json, Consumer<Boolean> fate) {
            return asked.add(stream);
        }

        @Override
        public String natsState() {
            return none.natsState();
        }

        @Override
        public void close() {
        }
    }

    private final List<HandFed> sources = new ArrayList<>();
    private final Noting bus = new Noting();

    private VideoStream stream(String name) {
        StreamSettings settings = StreamSettings.standard(name, Path.of("/none"), 1024, PollModeSetting.CADENCE);
        return new VideoStream(settings, (publisher, demand) -> {
            HandFed source = new HandFed(publisher, demand);
            sources.add(source);
            return source;
        }, new BusUpstream(name, false, bus), LatestValueBroadcaster.<String, TelemetryMessage>builder().build(),
                ViewerListener.NONE, NOPLogger.NOP_LOGGER);
    }

    private static DataInputStream join(Socket viewer, String path) throws IOException {
        viewer.setSoTimeout(20_000);
        viewer.getOutputStream().write(("GET " + path + HANDSHAKE).getBytes(StandardCharsets.US_ASCII));
        DataInputStream in = new DataInputStream(viewer.getInputStream());
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readUnsignedByte());
        }
        assertThat(head.toString()).startsWith("HTTP/1.1 101 ");
        return in;
    }

    private static byte[] message(DataInputStream in) throws IOException {
        in.readUnsignedByte();
        byte[] payload = new byte[in.readUnsignedByte()];
        in.readFully(payload);
        return payload;
    }

    @Test
    void eachStreamsFramesReachItsOwnViewers() throws Exception {
        VideoStream front = stream("front");
        VideoStream rear = stream("rear");
        try (StreamServer server = StreamServer.builder()
                .listenAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).ioThreads(1)
                .shutdownTimeout(Duration.ofMillis(100))
                .feed("/front", front.feed()).feed("/rear", rear.feed()).build()) {
            InetSocketAddress address = server.start();
            try (Socket one = new Socket(address.getAddress(), address.getPort());
                    Socket other = new Socket(address.getAddress(), address.getPort())) {
                assertThat(sources).as("what comes is unknown").allMatch(source -> source.demand.getAsBoolean());
                sources.forEach(source -> source.frame((byte) 4));
                assertThat(sources).noneMatch(source -> source.demand.getAsBoolean());
                DataInputStream inFront = join(one, "/front");
                sources.get(0).awaitWakeUp();
                assertThat(sources.get(1).wakeUps).as("nobody has joined that").isEmpty();
                assertThat(bus.asked).containsExactly("front");
                assertThat(sources.get(0).demand.getAsBoolean()).isTrue();
                assertThat(sources.get(1).demand.getAsBoolean()).isFalse();
                DataInputStream behind = join(other, "/rear");
                sources.get(1).awaitWakeUp();
                assertThat(bus.asked).containsExactly("front", "rear");

                sources.get(0).frame((byte) 5);
                sources.get(1).frame((byte) 6);
                assertThat(message(inFront)).startsWith((byte) 1).endsWith((byte) 5);
                assertThat(message(behind)).startsWith((byte) 1).endsWith((byte) 6);
            }
        }
    }

    @Test
    void reportsWhatTheSourceSaysAndWhatTheFramesShow() {
        VideoStream stream = stream("front");
        stream.start();
        HandFed source = sources.get(0);
        assertThat(source.started).isTrue();
        source.frame(new byte[100]);
        assertThat(stream.name()).isEqualTo("front");
        assertThat(stream.frameSizes().snapshot().observations()).isEqualTo(1);

        source.publisher.failed("crc mismatch", System.nanoTime() - Duration.ofSeconds(6).toNanos());
        source.publisher.failed("crc mismatch", System.nanoTime());
        StreamCondition condition = stream.condition();
        assertThat(condition.regionDetail()).isEqualTo("by hand");
        assertThat(condition.sequence()).isEqualTo(7);
        assertThat(condition.readFailure()).isEqualTo("crc mismatch");
        assertThat(new MetricsRegistry("1", stream.metrics()).scrape()).contains("sdr_nats_enabled 0.0", "sdr_lag_events_total 0.0");

        stream.close();
        assertThat(source.closed).isTrue();
    }
}

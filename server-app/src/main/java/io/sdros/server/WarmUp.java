package io.sdros.server;

import com.sun.management.UnixOperatingSystemMXBean;
import io.sdros.server.backplane.NoBackplane;
import io.sdros.server.backplane.TelemetryFeed;
import io.sdros.server.settings.PollModeSetting;
import io.sdros.server.settings.StreamSettings;
import io.sdros.server.stream.ShmFrames;
import io.sdros.server.stream.VideoStream;
import io.sdros.shm.protocol.BellAddress;
import io.sdros.shm.protocol.Codecs;
import io.sdros.shm.protocol.FrameFlags;
import io.sdros.shm.protocol.ShmWriter;
import io.sdros.transport.undertow.StreamServer;
import io.sdros.transport.undertow.ViewerListener;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.NOPLogger;

/**
 * Lets the VM compile the path of a frame before the first viewer comes. At some ten frames per second a method is
 * interpreted for seconds and optimized after minutes, and an interpreted path costs each picture more time than
 * everything else on it. So frames are sent through a second pipeline of the same classes, from a region file of its
 * own to a socket of its own, as fast as they go.
 *
 * <p>It takes at most 3 s, on threads of its own, and leaves nothing behind; the file of a server that was killed
 * meanwhile goes when the next one warms up. What it needs, a temporary
 * file and the loopback interface, may be missing; then the first frames are slower, and that is all.
 */
final class WarmUp implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(WarmUp.class);

    /** Twice what HotSpot counts before it optimizes a method (Tier4InvocationThreshold, 5000). */
    private static final int FRAMES = 10_000;
    private static final int KEYFRAME_INTERVAL = 30;
    private static final int PAYLOAD_BYTES = 256;
    private static final int REGION_BYTES = 64 * 1024;
    private static final long MAX_NANOS = 3_000_000_000L;
    private static final long LOST_NANOS = 20_000_000;
    private static final int CONNECT_MILLIS = 200;
    /** The second pipeline takes about twenty; with fewer than this, those are the viewers'. */
    private static final int MIN_OPEN_FILES = 256;
    private static final int STOP_MILLIS = 500;
    private static final String PATH = "/stream/ws";
    private static final String END_OF_HEAD = "\r\n\r\n";
    private static final String FILE_PREFIX = "sdr-warm-up-";
    private static final String FILE_SUFFIX = ".frames";
    /** No warm-up lasts nearly as long: a file of that age has lost its server. */
    static final Duration ABANDONED = Duration.ofMinutes(1);

    private final int frames;
    private final Path folder;
    private final String token = UUID.randomUUID().toString();
    private final ByteBuffer received = ByteBuffer.allocateDirect(8 * 1024);
    private final Thread thread = new Thread(this::runQuietly, "warm-up");
    private volatile boolean stopping;

    WarmUp(int frames, Path folder) {
        this.frames = frames;
        this.folder = folder;
    }

    /** Begins on a thread of its own, which ends by itself and keeps nobody from exiting; not where files are scarce. */
    static WarmUp inBackground() {
        WarmUp warmUp = new WarmUp(FRAMES, Path.of(System.getProperty("java.io.tmpdir")));
        warmUp.thread.setDaemon(true);
        if (openFileLimit() < MIN_OPEN_FILES) {
            log.info("No warm-up, so the first frames will be slower: this process may have fewer than {} files open", MIN_OPEN_FILES);
        } else {
            warmUp.thread.start();
        }
        return warmUp;
    }

    private static long openFileLimit() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                && system.getMaxFileDescriptorCount() > 0 ? system.getMaxFileDescriptorCount() : Long.MAX_VALUE;
    }

    private void runQuietly() {
        try {
            long startNanos = System.nanoTime();
            int arrived = run();
            log.debug("Warmed up with {} frames in {} ms", arrived, (System.nanoTime() - startNanos) / 1_000_000);
        } catch (IOException | RuntimeException e) {
            // The folder's file system may be full, for one.
            log.debug("No warm-up; the first frames will be slower", e);
        }
    }

    /** Ends it, if it still runs, and waits a moment for its file to be removed. */
    @Override
    public void close() {
        stopping = true;
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Sends the frames.
     *
     * @return how many came out at the other end
     * @throws IOException if there is no place for the file or no loopback connection
     */
    int run() throws IOException {
        removeAbandoned();
        Path region = Files.createTempFile(folder, FILE_PREFIX, FILE_SUFFIX);
        try (ShmWriter writer = ShmWriter.builder(region).regionBytes(REGION_BYTES).open();
                VideoStream stream = stream(region);
                StreamServer server = server(stream)) {
            InetSocketAddress address = server.start();
            stream.start();
            try (SocketChannel viewer = join(address)) {
                return send(writer, viewer);
            }
        } finally {
            Files.deleteIfExists(region);
        }
    }

    /** Removes what servers have left that were killed while they warmed up. */
    private void removeAbandoned() {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, FILE_PREFIX + "*" + FILE_SUFFIX)) {
            files.forEach(WarmUp::removeIfAbandoned);
        } catch (IOException | DirectoryIteratorException e) {
            log.debug("No look at what may be left of earlier warm-ups", e);
        }
    }

    private static void removeIfAbandoned(Path file) {
        FileTime limit = FileTime.from(Instant.now().minus(ABANDONED));
        try {
            if (Files.getLastModifiedTime(file).compareTo(limit) < 0) {
                Files.delete(file);
                Files.deleteIfExists(BellAddress.path(file));
            }
        } catch (IOException e) {
            // Another user's, or another server was quicker.
            log.debug("{} stays where it is", file, e);
        }
    }

    private static VideoStream stream(Path region) {
        StreamSettings settings = StreamSettings.standard("warm-up", region, REGION_BYTES, PollModeSetting.ADAPTIVE);
        return new VideoStream(settings, ShmFrames.of(settings, NOPLogger.NOP_LOGGER), new NoBackplane(),
                new TelemetryFeed(0, List.of()).broadcaster(), ViewerListener.NONE, NOPLogger.NOP_LOGGER);
    }

    private StreamServer server(VideoStream stream) {
        return StreamServer.builder()
                .listenAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .ioThreads(1)
                .maxClients(1)
                .authToken(Optional.of(token)) // nobody else is to come in
                .shutdownTimeout(Duration.ofMillis(CONNECT_MILLIS))
                .feed(PATH, stream.feed())
                .build();
    }

    private SocketChannel join(InetSocketAddress address) throws IOException {
        SocketChannel viewer = SocketChannel.open();
        try {
            viewer.socket().connect(address, CONNECT_MILLIS);
            viewer.write(StandardCharsets.US_ASCII.encode("GET " + PATH + " HTTP/1.1\r\nHost: localhost\r\n"
                    + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    + "Authorization: Bearer " + token + END_OF_HEAD));
            StringBuilder head = new StringBuilder();
            while (head.indexOf(END_OF_HEAD) < 0) {
                if (viewer.read(received.clear()) < 0) {
                    throw new IOException("closed during the handshake");
                }
                head.append(StandardCharsets.US_ASCII.decode(received.flip()));
            }
            viewer.configureBlocking(false);
            return viewer;
        } catch (IOException | RuntimeException e) {
            viewer.close();
            throw e;
        }
    }

    /** One frame at a time: the next is written once something of the one before has come out, or is lost. */
    private int send(ShmWriter writer, SocketChannel viewer) throws IOException {
        ByteBuffer payload = ByteBuffer.allocate(PAYLOAD_BYTES);
        long startNanos = System.nanoTime();
        int arrived = 0;
        for (int i = 0; i < frames && !stopping && System.nanoTime() - startNanos < MAX_NANOS; i++) {
            writer.write(payload.clear(), i, i % KEYFRAME_INTERVAL == 0 ? FrameFlags.KEYFRAME : 0, Codecs.H264);
            long writtenNanos = System.nanoTime();
            boolean waiting = true;
            while (waiting) {
                int count = viewer.read(received.clear());
                arrived += count > 0 ? 1 : 0;
                waiting = count == 0 && System.nanoTime() - writtenNanos < LOST_NANOS;
                Thread.yield();
            }
        }
        return arrived;
    }
}

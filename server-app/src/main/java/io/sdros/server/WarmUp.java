package io.sdros.server;

import com.sun.management.UnixOperatingSystemMXBean;
import io.sdros.server.bus.BusUpstream;
import io.sdros.server.bus.NoBus;
import io.sdros.server.bus.TelemetryPublisher;
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
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.NOPLogger;

/**
 * Lets the VM compile the path of a frame before the first viewer comes. At some ten frames per second a method is
 * interpreted for seconds and optimized after minutes, and an interpreted path costs each picture more time than
 * everything else on it. So frames are sent through a second pipeline of the same classes, from a region file of its
 * own to a socket of its own, as fast as they go: the reader's thread writes and receives them, too, since handing over
 * to another thread takes longer than all the rest.
 *
 * <p>It takes at most 3 s, on threads of its own, and leaves nothing behind; the file of a server that was killed
 * meanwhile goes when the next one warms up. What it needs, a temporary file and the loopback interface, may be missing;
 * then the first frames are slower, and that is all.
 */
final class WarmUp implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(WarmUp.class);

    /**
     * HotSpot optimizes a method after 5000 calls (Tier4InvocationThreshold), and several times that while many wait for
     * it.
     */
    private static final int FRAMES = 30_000;
    /**
     * So many pipelines take the frames, one after another, each as many as all before it. A branch that was never taken
     * before a method was optimized is left out of it; to take it throws the optimized code away, and when it was one of those
     * that a viewer's joining takes, the whole path is interpreted again as soon as the first viewer is there. So what
     * happens once to a stream has to happen more than once while the code is still profiled.
     */
    private static final int REHEARSALS = 6;
    private static final int KEYFRAME_INTERVAL = 30;
    private static final int PAYLOAD_BYTES = 256;
    /** Every so often a large one, since buffers that are to grow are code, too. */
    private static final int LARGE_FRAME_INTERVAL = 64;
    private static final int LARGE_PAYLOAD_BYTES = 20 * 1024;
    /** Delimiter, SPS, PPS and the beginning of a slice of an IDR picture. */
    private static final byte[] KEYFRAME_HEAD = HexFormat.of().parseHex("000000010910"
            + "000000016742c01fda0360f79b9a808080a000000300002000000791e30654" + "0000000168ce32c8" + "00000001658884");
    /** Delimiter and the beginning of a slice of another. */
    private static final byte[] DELTA_HEAD = HexFormat.of().parseHex("000000010930" + "00000001419a22");
    private static final int REGION_BYTES = 64 * 1024;
    private static final int HISTORY_BYTES = 128 * 1024;
    private static final long MAX_NANOS = 3_000_000_000L;
    private static final long LOST_NANOS = 20_000_000;
    private static final int CONNECT_MILLIS = 200;
    private static final int ANSWER_MILLIS = 1_000;
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
    private final ByteBuffer received = ByteBuffer.allocateDirect(LARGE_PAYLOAD_BYTES + 1024);
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
        long endNanos = System.nanoTime() + MAX_NANOS;
        int arrived = 0;
        try {
            for (int i = 0; i < REHEARSALS && !stopping; i++) {
                arrived += rehearse(Math.max(1, frames >> Math.min(REHEARSALS - i, REHEARSALS - 1)), endNanos);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return arrived;
    }

    private int rehearse(int part, long endNanos) throws IOException, InterruptedException {
        Path region = Files.createTempFile(folder, FILE_PREFIX, FILE_SUFFIX);
        try (ShmWriter writer = ShmWriter.builder(region).regionBytes(REGION_BYTES).historyBytes(HISTORY_BYTES).open()) {
            Rehearsal rehearsal = new Rehearsal(writer, part);
            try (VideoStream stream = stream(region, rehearsal); StreamServer server = server(stream)) {
                InetSocketAddress address = server.start();
                stream.start();
                // Hangs up before the server closes, which would wait for an answer to its close frame, and say so.
                try (SocketChannel viewer = join(address)) {
                    rehearsal.viewer = Optional.of(viewer);
                    rehearsal.done.await(endNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
                    rehearsal.viewer = Optional.empty();
                }
            }
            return rehearsal.arrived;
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

    private static VideoStream stream(Path region, Runnable inEachTurn) {
        StreamSettings settings = StreamSettings.standard("warm-up", region, REGION_BYTES, PollModeSetting.CADENCE);
        return new VideoStream(settings, ShmFrames.of(settings, NOPLogger.NOP_LOGGER, inEachTurn),
                new BusUpstream(settings.name(), false, new NoBus()),
                new TelemetryPublisher(0, List.of()).broadcaster(List.of()), ViewerListener.NONE, NOPLogger.NOP_LOGGER);
    }

    private StreamServer server(VideoStream stream) {
        return StreamServer.builder()
                .listenAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .ioThreads(1)
                .maxClients(1)
                .authToken(Optional.of(token)) // nobody else is to come in
                .shutdownTimeout(Duration.ofMillis(ANSWER_MILLIS)) // in which a busy machine, too, sees the viewer hang up
                .feed(PATH, stream.feed())
                .build();
    }

    /** @throws IOException if there is no answer, or not within the time */
    SocketChannel join(InetSocketAddress address) throws IOException {
        SocketChannel viewer = SocketChannel.open();
        try {
            viewer.socket().connect(address, CONNECT_MILLIS);
            viewer.socket().setSoTimeout(ANSWER_MILLIS); // which only the socket's stream heeds
            viewer.write(StandardCharsets.US_ASCII.encode("GET " + PATH + " HTTP/1.1\r\nHost: localhost\r\n"
                    + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    + "Authorization: Bearer " + token + END_OF_HEAD));
            StringBuilder head = new StringBuilder();
            while (head.indexOf(END_OF_HEAD) < 0) {
                int next = viewer.socket().getInputStream().read();
                if (next < 0) {
                    throw new IOException("closed during the handshake");
                }
                head.append((char) next);
            }
            viewer.configureBlocking(false);
            return viewer;
        } catch (IOException | RuntimeException e) {
            viewer.close();
            throw e;
        }
    }

    /**
     * Takes out what has come out at the viewer's end, and writes the next frame once it has, or is lost. Run by the
     * reader's thread after each of its turns.
     */
    private final class Rehearsal implements Runnable {
        private final ShmWriter writer;
        private final int frames;
        private final CountDownLatch done = new CountDownLatch(1);
        private final ByteBuffer payload = ByteBuffer.allocate(LARGE_PAYLOAD_BYTES);
        private volatile Optional<SocketChannel> viewer = Optional.empty();
        private volatile int arrived;
        private int written;
        private long writtenNanos;

        Rehearsal(ShmWriter writer, int frames) {
            this.writer = writer;
            this.frames = frames;
        }

        @Override
        public void run() {
            if (done.getCount() != 0) {
                viewer.ifPresent(this::goOn);
            }
        }

        private void goOn(SocketChannel socket) {
            try {
                boolean came = socket.read(received.clear()) > 0;
                arrived += came ? 1 : 0;
                if (came || written == 0 || System.nanoTime() - writtenNanos > LOST_NANOS) {
                    next();
                }
            } catch (IOException e) {
                log.debug("The warm-up's connection was lost", e);
                done.countDown();
            }
        }

        private void next() {
            if (written == frames || stopping) {
                done.countDown();
                return;
            }
            boolean keyframe = written % KEYFRAME_INTERVAL == 0;
            boolean large = written % LARGE_FRAME_INTERVAL == 0;
            payload.clear().put(0, keyframe ? KEYFRAME_HEAD : DELTA_HEAD).limit(large ? LARGE_PAYLOAD_BYTES : PAYLOAD_BYTES);
            writer.write(payload, written, keyframe ? FrameFlags.KEYFRAME : 0, Codecs.H264);
            written++;
            writtenNanos = System.nanoTime();
        }
    }
}

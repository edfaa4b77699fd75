package io.sdros.server;

import io.sdros.shm.protocol.ShmWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A robot in a box: the built-in clip is written into a temporary region and served from there like any stream. */
final class Demo implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Demo.class);
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    private final Path folder;
    private final Path region;
    private final DemoProducer producer;
    private final Server server;

    /** @throws UncheckedIOException if there is nowhere to put the region */
    Demo(Settings settings, BuildInfo build) {
        try {
            folder = Files.isWritable(SHARED_MEMORY)
                    ? Files.createTempDirectory(SHARED_MEMORY, "sdr-demo-")
                    : Files.createTempDirectory("sdr-demo-");
            region = folder.resolve("frames");
            producer = new DemoProducer(DemoClip.load(),
                    ShmWriter.builder(region).regionBytes(settings.shmSizeBytes()).open());
        } catch (IOException e) {
            throw new UncheckedIOException("The demo's region cannot be written: " + e.getMessage(), e);
        }
        server = new Server(settings, region,
                new DemoBackplane(producer, settings.natsUrl().map(urls -> new NatsBackplane(settings, urls))), build);
    }

    InetSocketAddress start() {
        InetSocketAddress address = server.start();
        producer.start();
        return address;
    }

    @Override
    public void close() {
        server.close();
        producer.close();
        try {
            Files.deleteIfExists(region);
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            log.warn("The demo's region {} could not be removed: {}", region, e.toString());
        }
    }
}

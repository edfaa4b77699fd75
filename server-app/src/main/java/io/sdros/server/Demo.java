package io.sdros.server;

import io.sdros.shm.protocol.RegionLayout;
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

    /** @throws UncheckedIOException if there is nowhere to put the region; nothing is left behind then */
    Demo(Settings settings, BuildInfo build) {
        folder = newFolder();
        region = folder.resolve("frames");
        try {
            // A writer refuses frames that do not fit, and a demo is to show them whatever the setting.
            int regionBytes = Math.max(settings.shmSizeBytes(), RegionLayout.DEFAULT_REGION_BYTES);
            producer = new DemoProducer(DemoClip.load(), ShmWriter.builder(region).regionBytes(regionBytes).open());
            server = new Server(settings, region,
                    new DemoBackplane(producer, settings.natsUrl().map(urls -> new NatsBackplane(settings, urls))), build);
        } catch (IOException e) {
            removeRegion();
            throw noPlace(e);
        } catch (RuntimeException | Error e) {
            removeRegion();
            throw e;
        }
    }

    private static Path newFolder() {
        try {
            return Files.isWritable(SHARED_MEMORY)
                    ? Files.createTempDirectory(SHARED_MEMORY, "sdr-demo-")
                    : Files.createTempDirectory("sdr-demo-");
        } catch (IOException e) {
            throw noPlace(e);
        }
    }

    private static UncheckedIOException noPlace(IOException e) {
        return new UncheckedIOException("The demo's region cannot be written: " + e.getMessage(), e);
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
        removeRegion();
    }

    private void removeRegion() {
        try {
            Files.deleteIfExists(region);
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            log.warn("The demo's region {} could not be removed: {}", region, e.toString());
        }
    }
}

package io.sdros.server;

import io.sdros.server.bus.NatsBus;
import io.sdros.server.demo.DemoBus;
import io.sdros.server.demo.DemoClip;
import io.sdros.server.demo.DemoFolder;
import io.sdros.server.demo.DemoProducer;
import io.sdros.server.settings.Settings;
import io.sdros.shm.protocol.RegionLayout;
import io.sdros.shm.protocol.ShmWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A robot in a box: the built-in clip is written into a temporary region and served from there like any stream. */
final class Demo implements AutoCloseable {
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    private final DemoFolder folder;
    private final DemoProducer producer;
    private final Server server;

    /** @throws UncheckedIOException if there is nowhere to put the region; nothing is left behind then */
    Demo(Settings settings, BuildInfo build) {
        folder = newFolder();
        Path region = folder.resolve("frames");
        try {
            // A writer refuses frames that do not fit, and a demo is to show them whatever the setting.
            int regionBytes = Math.max(settings.mainStream().shmSizeBytes(), RegionLayout.DEFAULT_REGION_BYTES);
            producer = new DemoProducer(DemoClip.load(), ShmWriter.builder(region).regionBytes(regionBytes).open());
            server = new Server(settings.withStreams(List.of(settings.mainStream().from(region))),
                    new DemoBus(Map.of(settings.mainStream().name(), producer), settings.natsUrl()
                            .map(urls -> new NatsBus(settings, urls))), build);
        } catch (IOException e) {
            folder.close();
            throw noPlace(e);
        } catch (RuntimeException | Error e) {
            folder.close();
            throw e;
        }
    }

    /** A demo needs nothing else: it looks for a NATS server only if it is told of one. */
    static Map<String, String> environment(Map<String, String> given) {
        Map<String, String> environment = new HashMap<>(given);
        environment.merge("SDR_NATS_URL", "none", (said, none) -> said.isEmpty() ? none : said);
        return environment;
    }

    private static DemoFolder newFolder() {
        try {
            return DemoFolder.in(Files.isWritable(SHARED_MEMORY) ? SHARED_MEMORY
                    : Path.of(System.getProperty("java.io.tmpdir")));
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
        folder.close();
    }
}

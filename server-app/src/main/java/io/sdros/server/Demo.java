package io.sdros.server;

import io.sdros.server.bus.NatsBus;
import io.sdros.server.demo.DemoBus;
import io.sdros.server.demo.DemoClip;
import io.sdros.server.demo.DemoFolder;
import io.sdros.server.demo.DemoProducer;
import io.sdros.server.settings.Settings;
import io.sdros.server.settings.StreamSettings;
import io.sdros.shm.protocol.RegionLayout;
import io.sdros.shm.protocol.ShmWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A robot in a box: built-in clips are written into temporary regions and served from there like any streams. */
final class Demo implements AutoCloseable {
    /** So many cameras it has unless told otherwise. */
    static final int USUAL_STREAMS = 2;
    static final int MOST_STREAMS = 16;

    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final String REGION = "frames";

    private final DemoFolder folder;
    private final Map<String, DemoProducer> producers = new LinkedHashMap<>();
    private final Server server;

    /**
     * @param count how many streams; one has no name
     * @throws UncheckedIOException if there is nowhere to put the regions; nothing is left behind then
     */
    Demo(Settings settings, int count, BuildInfo build) {
        folder = newFolder();
        try {
            List<StreamSettings> streams = streams(settings.mainStream(), count);
            List<DemoClip> clips = count == 1 ? List.of(DemoClip.front()) : List.of(DemoClip.front(), DemoClip.wrist());
            for (int i = 0; i < count; i++) {
                StreamSettings stream = streams.get(i);
                // A writer refuses frames that do not fit, and a demo is to show them whatever the setting.
                int regionBytes = Math.max(stream.shmSizeBytes(), RegionLayout.DEFAULT_REGION_BYTES);
                producers.put(stream.name(), new DemoProducer(clips.get(i % clips.size()),
                        ShmWriter.builder(stream.shmPath()).regionBytes(regionBytes).open()));
            }
            server = new Server(settings.withStreams(streams),
                    new DemoBus(producers, settings.natsUrl().map(urls -> new NatsBus(settings.withStreams(streams), urls))), build);
        } catch (IOException e) {
            undo();
            throw noPlace(e);
        } catch (RuntimeException | Error e) {
            undo();
            throw e;
        }
    }

    private List<StreamSettings> streams(StreamSettings template, int count) {
        if (count == 1) {
            return List.of(template.from(folder.resolve(REGION)));
        }
        List<StreamSettings> streams = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = i == 0 ? "front" : i == 1 ? "wrist" : "camera" + (i + 1);
            String title = i == 0 ? "Front camera" : i == 1 ? "Wrist camera" : "Camera " + (i + 1);
            streams.add(template.named(name, title, count).from(folder.resolve(i == 0 ? REGION : REGION + "-" + name)));
        }
        return streams;
    }

    private void undo() {
        producers.values().forEach(DemoProducer::close);
        folder.close();
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
        producers.values().forEach(DemoProducer::start);
        return address;
    }

    @Override
    public void close() {
        server.close();
        undo();
    }
}

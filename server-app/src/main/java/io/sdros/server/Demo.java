package io.sdros.server;

import io.sdros.server.bus.NatsBus;
import io.sdros.server.demo.DemoBus;
import io.sdros.server.demo.DemoClip;
import io.sdros.server.demo.DemoFolder;
import io.sdros.server.demo.DemoNats;
import io.sdros.server.demo.DemoProducer;
import io.sdros.server.settings.NatsUrl;
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
import java.util.Optional;

/** A robot in a box: built-in clips are written into temporary regions and served from there like any streams. */
final class Demo implements AutoCloseable {
    /** So many cameras it has unless told otherwise. */
    static final int USUAL_STREAMS = 2;
    static final int MOST_STREAMS = 16;

    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final String REGION = "frames";

    private final DemoFolder folder;
    private final Map<String, DemoProducer> producers = new LinkedHashMap<>();
    private final Optional<DemoNats> nats;
    private final Server server;
    private final Optional<Server> edge;
    private volatile Optional<InetSocketAddress> edgeAddress = Optional.empty();

    /**
     * @param options how many streams; one has no name
     * @throws UncheckedIOException if there is nowhere to put the regions, or no nats-server where one is needed; nothing is left
     *                              behind then
     */
    Demo(Settings settings, DemoOptions options, BuildInfo build) {
        int count = options.streams();
        nats = options.edge() ? Optional.of(newNats()) : Optional.empty();
        folder = newFolder(nats);
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
            Settings robot = nats.map(through -> settings.publishing(streams, NatsUrl.of(through.url())))
                    .orElseGet(() -> settings.withStreams(streams));
            server = new Server(robot, new DemoBus(producers, robot.natsUrl().map(urls -> new NatsBus(robot, urls))), build);
            edge = nats.map(through -> edge(robot, NatsUrl.of(through.url()), build));
        } catch (IOException e) {
            undo();
            throw noPlace(e);
        } catch (RuntimeException | Error e) {
            undo();
            throw e;
        }
    }

    /** It has no robot of its own: all it knows comes through NATS. */
    private static Server edge(Settings robot, NatsUrl servers, BuildInfo build) {
        InetSocketAddress first = robot.listenAddress();
        Settings settings = robot.taking(new InetSocketAddress(first.getAddress(), first.getPort() == 0 ? 0 : first.getPort() + 1));
        return new Server(settings, new NatsBus(settings, servers), build);
    }

    private static DemoNats newNats() {
        try {
            return DemoNats.start();
        } catch (IOException e) {
            throw new UncheckedIOException("demo --edge: " + e.getMessage(), e);
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
        nats.ifPresent(DemoNats::close);
    }

    /** Where the second server listens, once both have been started; empty if there is none. */
    Optional<InetSocketAddress> edgeAddress() {
        return edgeAddress;
    }

    /** A demo needs nothing else: it looks for a NATS server only if it is told of one. */
    static Map<String, String> environment(Map<String, String> given) {
        Map<String, String> environment = new HashMap<>(given);
        environment.merge("SDR_NATS_URL", "none", (said, none) -> said.isEmpty() ? none : said);
        return environment;
    }

    private static DemoFolder newFolder(Optional<DemoNats> running) {
        try {
            return DemoFolder.in(Files.isWritable(SHARED_MEMORY) ? SHARED_MEMORY
                    : Path.of(System.getProperty("java.io.tmpdir")));
        } catch (IOException e) {
            running.ifPresent(DemoNats::close);
            throw noPlace(e);
        }
    }

    private static UncheckedIOException noPlace(IOException e) {
        return new UncheckedIOException("The demo's region cannot be written: " + e.getMessage(), e);
    }

    InetSocketAddress start() {
        InetSocketAddress address = server.start();
        producers.values().forEach(DemoProducer::start);
        edgeAddress = edge.map(Server::start);
        return address;
    }

    @Override
    public void close() {
        edge.ifPresent(Server::close);
        server.close();
        undo();
    }
}

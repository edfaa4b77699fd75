package io.sdros.it.load.chaos;

import io.sdros.it.support.Await;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.TempRegion;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Two robots, a hub of three nodes, three edges, a viewer of each stream at each origin and each edge. A robot has a stream of
 * its own and one of a name that the other has, too; the first robot's is the better one. One thread.
 */
final class Fleet implements AutoCloseable {

    static final int ROBOTS = 2;
    static final int EDGES = 3;
    static final String SHARED = "shared";

    private static final List<String> OWN = List.of("robot1.front", "robot2.front");

    private final OpenResources opened = new OpenResources();
    private final Violations violations;
    private final Hub hub;
    private final List<Robot> robots = new ArrayList<>();
    private final List<Site> edges = new ArrayList<>();
    private final List<Camera> ownCameras = new ArrayList<>();
    private final List<Camera> sharedCameras = new ArrayList<>();
    private final List<Seat> seats = new ArrayList<>();

    private Fleet(Violations violations) {
        this.violations = violations;
        hub = opened.add(Hub.start());
        for (int robot = 0; robot < ROBOTS; robot++) {
            addRobot(robot);
        }
        for (int edge = 0; edge < EDGES; edge++) {
            edges.add(opened.add(Site.of("edge" + (edge + 1), hub::clientPort, Map.of("SDR_STREAMS", String.join("=nats:,", OWN)
                    + "=nats:," + SHARED + "=nats:"))));
        }
        Stream<Runnable> starts = Stream.concat(robots.stream().map(robot -> robot::startServer),
                IntStream.range(0, EDGES).mapToObj(edge -> () -> startEdge(edge)));
        CompletableFuture.allOf(starts.map(CompletableFuture::runAsync).toArray(CompletableFuture[]::new)).join();
        watch();
    }

    static Fleet start(Violations violations) {
        return new Fleet(violations);
    }

    private void addRobot(int number) {
        TempRegion own = opened.add(TempRegion.create());
        TempRegion shared = opened.add(TempRegion.create());
        ownCameras.add(opened.add(Camera.start(1 + number, own.path())));
        sharedCameras.add(opened.add(Camera.start(1 + ROBOTS + number, shared.path())));
        // Messages so short that frames go in several.
        Site site = Site.of("robot" + (number + 1), hub::leafPort, Map.of(
                "SDR_STREAMS", OWN.get(number) + "=shm:" + own.path() + "," + SHARED + "=shm:" + shared.path(),
                "SDR_RELAY_PUBLISH", "*", "SDR_RELAY_PRIORITY", Integer.toString(ROBOTS - number), "SDR_RELAY_CHUNK_BYTES", "8192"));
        Robot robot = opened.add(new Robot(site, number));
        robot.startLeaf();
        robots.add(robot);
    }

    void startEdge(int edge) {
        edges.get(edge).start(Map.of("SDR_RELAY_NATS_URL", edges.get(edge).urls("nats", edge)));
    }

    private void watch() {
        HttpClient client = HttpClient.newHttpClient();
        ScheduledExecutorService retries = Executors.newSingleThreadScheduledExecutor();
        opened.add(retries::shutdownNow);
        for (int edge = 0; edge < EDGES; edge++) {
            for (int robot = 0; robot < ROBOTS; robot++) {
                seat(client, retries, edges.get(edge), true, edge, OWN.get(robot), robot, List.of(ownCameras.get(robot)));
            }
            seat(client, retries, edges.get(edge), true, edge, SHARED, 0, sharedCameras);
        }
        for (int robot = 0; robot < ROBOTS; robot++) {
            Site origin = robots.get(robot).site();
            seat(client, retries, origin, false, robot, OWN.get(robot), robot, List.of(ownCameras.get(robot)));
            seat(client, retries, origin, false, robot, SHARED, robot, List.of(sharedCameras.get(robot)));
        }
    }

    private void seat(HttpClient client, ScheduledExecutorService retries, Site site, boolean atEdge, int place, String stream, int robot,
            List<Camera> cameras) {
        Map<Integer, Camera> byNumber = new TreeMap<>();
        cameras.forEach(camera -> byNumber.put(camera.number(), camera));
        seats.add(new Seat(atEdge, place, stream, robot, opened.add(new RecordingViewer(site.name() + "/" + stream, client, retries,
                () -> site.stream(stream), byNumber, violations))));
    }

    Hub hub() {
        return hub;
    }

    Robot robot(int number) {
        return robots.get(number);
    }

    Site edge(int number) {
        return edges.get(number);
    }

    List<Seat> seats() {
        return seats;
    }

    /** Of the stream that comes from there while all is well. */
    Camera camera(Seat seat) {
        return seat.stream().equals(SHARED) ? sharedCameras.get(seat.robot()) : ownCameras.get(seat.robot());
    }

    /** The other one that writes the shared stream. */
    Camera standby() {
        return sharedCameras.get(1);
    }

    void eachCamera(Consumer<Camera> action) {
        Stream.concat(ownCameras.stream(), sharedCameras.stream()).forEach(action);
    }

    /** Waits until all is as it should be: each viewer has a frame of the right camera from after that moment. */
    void awaitLive(long afterNanos) {
        for (Seat seat : seats) {
            Await.until(seat.viewer().name() + " is live", Deadlines.START, () -> seat.viewer().has(camera(seat), afterNanos));
        }
    }

    /** Waits until the hub is a cluster of three again, which a fault may have taken apart. */
    void awaitWhole() {
        Await.until("the hub is whole", Deadlines.START, hub::whole);
    }

    @Override
    public void close() {
        opened.close();
    }
}

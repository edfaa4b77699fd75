package io.sdros.it.load.chaos;

import io.sdros.it.support.Await;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.StallMeter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Has a {@link Fault} happen to a {@link Fleet} in each round, and holds what its viewers have seen and what its servers have
 * counted against what docs/scaling.md promises. One thread.
 */
public final class Chaos {

    private static final Duration WINDOW = Duration.ofMillis(250);
    /** There and back through three nats-servers of this machine, and to the viewer. */
    private static final Duration ROUND_TRIP = Duration.ofMillis(50);
    private static final int MOST_LATE = 10;
    /** When in the second of a group of pictures a fault comes is chance. */
    private static final int WITHIN_MILLIS = 1_000;
    /** So long may the last frame be on its way before another is written. */
    private static final Duration QUIET = Duration.ofSeconds(1);

    /** Written and not published yet, at most, when an origin's counter is read. */
    private static final int WAITING_FRAMES = Camera.GROUP;

    private final Options options;
    private final Random random;
    private final Violations violations;
    private final StallMeter stalls;
    private final Fleet fleet;
    private final ChaosReport report;
    private final List<Fault> toCome = new ArrayList<>();
    private int cycle = -1;
    private Books books;
    /** Of an origin that is about to end. */
    private long mostSentBefore;

    private Chaos(Options options, Violations violations, StallMeter stalls, Fleet fleet) {
        this.options = options;
        this.violations = violations;
        this.stalls = stalls;
        this.fleet = fleet;
        random = new Random(options.seed());
        report = new ChaosReport(violations);
    }

    /** Runs it to its end, and ends all processes that it has started. */
    public static ChaosReport run(Options options) {
        Violations violations = new Violations();
        try (StallMeter stalls = StallMeter.start(); Fleet fleet = Fleet.start(violations)) {
            Chaos chaos = new Chaos(options, violations, stalls, fleet);
            chaos.run();
            return chaos.report;
        }
    }

    private void run() {
        try {
            fleet.awaitLive(System.nanoTime());
            violations.round("start");
            quieten();
            books = Books.of(fleet);
            fleet.eachCamera(Camera::goOn);
            long beganNanos = System.nanoTime();
            for (int round = 1; round <= options.rounds() && System.nanoTime() - beganNanos < options.time().toNanos(); round++) {
                round(round);
            }
        } catch (AssertionError e) {
            violations.add("given up: " + e.getMessage());
        }
    }

    private Fault next() {
        if (toCome.isEmpty()) {
            cycle++;
            toCome.addAll(options.faults());
            if (cycle > 0) {
                Collections.shuffle(toCome, random);
            }
        }
        return toCome.remove(0);
    }

    private void round(int number) {
        Fault fault = next();
        int target = cycle % fault.targets();
        violations.round(number + " " + fault + " " + (target + 1));
        fleet.awaitWhole();
        Await.pause(Duration.ofMillis(random.nextInt(WITHIN_MILLIS)).toNanos());
        fleet.seats().forEach(seat -> seat.viewer().forget());
        Struck struck = strike(fault, target);
        fleet.awaitLive(struck.healedNanos());
        Await.pause(options.settle().toNanos());
        report.round(number, struck, fleet.seats().stream().map(seat -> seen(struck, seat)).toList());
        balance(struck);
    }

    private Struck strike(Fault fault, int target) {
        boolean[] edgeOnNode = new boolean[Fleet.EDGES];
        boolean[] robotOnNode = new boolean[Fleet.ROBOTS];
        for (int edge = 0; fault.ofNode() && edge < Fleet.EDGES; edge++) {
            edgeOnNode[edge] = fleet.edge(edge).uses(target);
        }
        for (int robot = 0; fault.ofNode() && robot < Fleet.ROBOTS; robot++) {
            robotOnNode[robot] = fleet.robot(robot).site().uses(target);
        }
        long atNanos = System.nanoTime();
        cause(fault, target);
        return new Struck(fault, target, edgeOnNode, robotOnNode, atNanos, System.nanoTime());
    }

    /** Ends the process, and finds out how much of its own stream it can have published since the last round. */
    private void end(int robot, Runnable end) {
        Seat own = fleet.seats().stream().filter(seat -> seat.atEdge(0) && !seat.shared() && seat.robot() == robot).findFirst()
                .orElseThrow();
        long written = fleet.camera(own).written();
        long read = Books.of(fleet).sentSince(books, own);
        end.run();
        mostSentBefore = read + fleet.camera(own).written() - written + WAITING_FRAMES;
    }

    private void cause(Fault fault, int target) {
        switch (fault) {
            case NODE_KILLED -> {
                fleet.hub().node(target).kill();
                fleet.hub().start(target);
            }
            case LEAF_KILLED -> {
                fleet.robot(target).leaf().kill();
                fleet.robot(target).startLeaf();
            }
            case ORIGIN_KILLED -> {
                end(target, fleet.robot(target).site().server()::close);
                restart(target);
            }
            case ORIGIN_STOPPED -> {
                end(target, fleet.robot(target).site().server()::stop);
                restart(target);
            }
            case EDGE_KILLED -> {
                fleet.edge(target).server().close();
                fleet.startEdge(target);
            }
            case NODE_FROZEN -> stopped(fleet.hub().node(target)::freeze, options.outage(), fleet.hub().node(target)::thaw);
            case LEAF_FROZEN -> stopped(fleet.robot(target).leaf()::freeze, options.outage(), fleet.robot(target).leaf()::thaw);
            case EDGE_FROZEN -> stopped(() -> fleet.edge(target).server().process().signal("-STOP"), options.outage(),
                    () -> fleet.edge(target).server().process().signal("-CONT"));
            case UPLINK_CUT -> stopped(fleet.robot(target).site()::cut, options.partition(), fleet.robot(target).site()::mend);
            case EDGE_CUT -> stopped(fleet.edge(target)::cut, options.partition(), fleet.edge(target)::mend);
        }
    }

    private static void stopped(Runnable stop, Duration time, Runnable goOn) {
        stop.run();
        Await.pause(time.toNanos());
        goOn.run();
    }

    private void restart(int robot) {
        if (robot == 0) {
            long nowNanos = System.nanoTime();
            for (Seat seat : fleet.seats()) {
                if (seat.shared()) {
                    Await.until(seat.viewer().name() + " has frames of the other origin", Deadlines.START,
                            () -> seat.viewer().has(fleet.standby(), nowNanos));
                }
            }
        }
        fleet.robot(robot).startServer();
    }

    /** What one viewer has seen; judged here. */
    private Seen seen(Struck struck, Seat seat) {
        List<RecordingViewer.Arrival> arrivals = seat.viewer().arrivals();
        long longestNanos = 0;
        long worstNanos = 0;
        int late = 0;
        for (int i = 1; i < arrivals.size(); i++) {
            long before = arrivals.get(i - 1).arrivedNanos();
            RecordingViewer.Arrival arrival = arrivals.get(i);
            if (arrival.arrivedNanos() - struck.atNanos() > 0) {
                long still = arrival.arrivedNanos() - before - Camera.INTERVAL.toNanos();
                longestNanos = Math.max(longestNanos, still);
                worstNanos = Math.max(worstNanos, still - excused(seat, before, arrival.arrivedNanos()));
            }
            late += late(struck, arrival) ? 1 : 0;
        }
        Duration bound = struck.bound(seat);
        if (worstNanos > bound.plus(options.slack()).toNanos()) {
            violations.add(seat.viewer().name() + " stood still for " + longestNanos / 1_000_000 + " ms (" + worstNanos / 1_000_000
                    + " without what the machine and the camera paused), and may for " + bound.toMillis());
        }
        if (seat.atEdge() && late > MOST_LATE) {
            violations.add(seat.viewer().name() + " has got " + late + " late frames afterwards");
        }
        return new Seen(seat, longestNanos, seat.atEdge() ? late : 0);
    }

    /** What a machine with other work, and the camera's own pauses, have added. */
    private long excused(Seat seat, long fromNanos, long toNanos) {
        long camera = fleet.camera(seat).longestPauseNanos(fromNanos, toNanos) - Camera.INTERVAL.toNanos();
        return stalls.between(fromNanos, toNanos).toNanos() + Math.max(0, camera);
    }

    private boolean late(Struck struck, RecordingViewer.Arrival arrival) {
        if (!struck.fault().holdsFrames() || arrival.arrivedNanos() - struck.healedNanos() < 0) {
            return false;
        }
        long onTheWay = arrival.ageNanos() - stalls.between(arrival.committedNanos(), arrival.arrivedNanos()).toNanos();
        return onTheWay > WINDOW.plus(ROUND_TRIP).plus(options.slack()).toNanos();
    }

    /** Waits until nothing is on its way. The cameras pause then. */
    private void quieten() {
        fleet.eachCamera(Camera::pause);
        long deadlineNanos = System.nanoTime() + Deadlines.SOON.toNanos();
        while (!lastFrameIsEverywhere()) {
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new AssertionError("no quiet: the last frames do not come everywhere");
            }
        }
    }

    private boolean lastFrameIsEverywhere() {
        // The frame before has been seen by now, if anybody looks.
        Await.pause(Camera.INTERVAL.toNanos());
        long nowNanos = System.nanoTime();
        fleet.eachCamera(Camera::keyframe);
        while (System.nanoTime() - nowNanos < QUIET.toNanos()) {
            if (fleet.seats().stream().allMatch(seat -> seat.viewer().has(fleet.camera(seat), nowNanos))) {
                return true;
            }
            Await.pause(Camera.INTERVAL.toNanos());
        }
        return false;
    }

    private void balance(Struck struck) {
        quieten();
        Books now = Books.of(fleet);
        for (Seat seat : fleet.seats()) {
            if (seat.atEdge()) {
                balance(struck, seat, now);
            }
        }
        report.balanced();
        books = now;
        fleet.eachCamera(Camera::goOn);
    }

    private void balance(Struck struck, Seat seat, Books now) {
        boolean edgeEnded = struck.fault() == Fault.EDGE_KILLED && seat.atEdge(struck.target());
        Books.Count counted = edgeEnded ? now.at(seat) : now.at(seat).since(books.at(seat));
        if (seat.shared() && (counted.joins() > 0 || now.publishedAt(1, Fleet.SHARED) != books.publishedAt(1, Fleet.SHARED))) {
            return; // another origin was taken, or may have been, and what was published before it was taken is not this edge's
        }
        boolean originEnded = struck.fault().ofOrigin() && seat.robot() == struck.target();
        long sent = originEnded ? mostSentBefore + now.publishedAt(seat.robot(), seat.stream()) : now.sentSince(books, seat);
        if (edgeEnded || originEnded) {
            report.leftOut(sent, counted);
            if (counted.all() > sent) {
                violations.add(seat.viewer().name() + ": counted " + counted + ", and at most " + sent + " were sent");
            }
            return;
        }
        report.agreed(sent, counted);
        if (counted.all() != sent) {
            violations.add(seat.viewer().name() + ": " + sent + " were sent, and counted " + counted);
        }
    }
}

package io.sdros.it.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Crowd;
import io.sdros.it.support.CrowdViewer;
import io.sdros.it.support.Losses;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.ServerResources;
import io.sdros.it.support.SteadyVideo;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.TestClip;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A hundred viewers come and a hundred go every second, in every way there is, beside a hundred who stay: those see every
 * frame, and nothing is left behind. For ten seconds, or as long as {@code sdr.churn.seconds} says.
 */
final class ChurnIT {

    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("sdr.churn.seconds", 10));
    private static final int STEADY = 100;
    private static final int JOINS_PER_SECOND = 100;
    private static final int STAY = JOINS_PER_SECOND;
    private static final int FRAME_BYTES = 3_000;
    private static final int GROUP = 30;
    private static final Duration INTERVAL = Duration.ofSeconds(1).dividedBy(TestClip.FRAMES_PER_SECOND);
    private static final long JOIN_INTERVAL_NANOS = Duration.ofSeconds(1).toNanos() / JOINS_PER_SECOND;
    private static final CrowdViewer.Departure[] DEPARTURES = CrowdViewer.Departure.values();

    private static final long OTHER_HEAP_BYTES = 1_000_000;
    /** Threads that the JVM and the metrics' HTTP connections start and end as they like. */
    private static final int OTHER_THREADS = 2;

    /** Who came and went. */
    private static final class Guests {

        private final Deque<CrowdViewer> present = new ArrayDeque<>();
        private long left;
        private long turnedAway;
        private long undecodable;
        private long framesMissed;
        private long frames;

        void leave(CrowdViewer guest) {
            guest.leave(DEPARTURES[(int) (left++ % DEPARTURES.length)]);
            turnedAway += guest.opened() ? 0 : 1;
            undecodable += guest.undecodable();
            framesMissed += guest.framesMissed();
            frames += guest.videoMessages();
        }
    }

    @Test
    @Timeout(value = 20, unit = TimeUnit.MINUTES) // as long as it is told to
    void joinsAndLeavesCostThoseWhoStayNothingAndLeaveNothing() {
        try (OpenResources opened = new OpenResources()) {
            TempRegion region = opened.add(TempRegion.create());
            RegionWriter writer = RegionWriter.open(region.path());
            // So generous that a busy machine makes nobody lag: whatever is missing then is a mistake.
            ServerProcess server = opened.add(ServerProcess.builder().region(region)
                    .set("SDR_MAX_LATENCY_MS", "5000").set("SDR_BROADCAST_CAPACITY", "256").start());
            Crowd crowd = opened.add(Crowd.of(server));
            List<CrowdViewer> steady = crowd.joinAll(STEADY, CrowdViewer.KERNELS_CHOICE);
            server.http().awaitAttached();
            SteadyVideo video = opened.add(SteadyVideo.start(writer, INTERVAL, FRAME_BYTES, GROUP));
            Crowd.awaitAll(steady, "see video", viewer -> viewer.videoMessages() >= 1);
            // The first guests make the server load and compile what it needs; that stays.
            churn(crowd, Duration.ofSeconds(5));
            server.http().awaitClients(STEADY);
            ServerResources before = ServerResources.of(server);

            Guests guests = churn(crowd, TIME);
            server.http().awaitClients(STEADY);
            ServerResources after = ServerResources.settled(server, held -> held.descriptors() <= before.descriptors()
                    && held.threads() <= before.threads() + OTHER_THREADS
                    && held.heapBytes() - before.heapBytes() < OTHER_HEAP_BYTES);
            long last = video.finish();
            Crowd.awaitAll(steady, "have the last frame", viewer -> viewer.lastSeq() == last);
            Losses losses = Losses.of(server);

            System.out.printf("%d guests got %d frames; not seen in the region: %s%nbefore: %s%nafter: %s%n", guests.left,
                    guests.frames, losses, before, after);
            losses.assertNoneBut(steady);
            assertThat(steady).noneMatch(CrowdViewer::ended);
            assertThat(guests.turnedAway).as("guests whose connection ended before they were let in").isZero();
            assertThat(guests.undecodable).as("frames a guest could not decode").isZero();
            if (losses.unseen() == 0) {
                assertThat(guests.framesMissed).as("frames missing in what guests got").isZero();
            }
            assertThat(guests.frames).as("frames for guests").isGreaterThan(guests.left * TestClip.FRAMES_PER_SECOND / 2);
            assertThat(after.descriptors()).as("descriptors").isLessThanOrEqualTo(before.descriptors());
            assertThat(after.threads()).as("threads").isLessThanOrEqualTo(before.threads() + OTHER_THREADS);
            assertThat(after.heapBytes() - before.heapBytes()).as("heap").isLessThan(OTHER_HEAP_BYTES);
        }
    }

    private static boolean settled(CrowdViewer guest) {
        return guest.opened() || guest.ended();
    }

    /** Each guest stays for a second. In the end all have been let in and have left. */
    private static Guests churn(Crowd crowd, Duration time) {
        Guests guests = new Guests();
        long startedNanos = System.nanoTime();
        long dueNanos = startedNanos;
        while (dueNanos - startedNanos < time.toNanos()) {
            guests.present.add(crowd.join());
            // On a busy machine a guest may be let in late; it is not to leave before.
            while (guests.present.size() > STAY && settled(guests.present.element())) {
                guests.leave(guests.present.remove());
            }
            dueNanos += JOIN_INTERVAL_NANOS;
            Await.pause(dueNanos - System.nanoTime());
        }
        List<CrowdViewer> last = new ArrayList<>(guests.present);
        Crowd.awaitAll(last, "are let in", ChurnIT::settled);
        last.forEach(guests::leave);
        return guests;
    }
}

package io.sdros.it.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.ClipVideo;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.Losses;
import io.sdros.it.support.Metrics;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.StallMeter;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.TestClip;
import io.sdros.it.support.ThrottledInput;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * Latency cannot grow: real video, in one and the same run to a viewer whose way is half as wide as the stream, to one
 * that stops reading for five seconds, and to one that takes everything. All settings are the defaults.
 *
 * <p>How old a frame may be when its last byte is taken: see {@link #mostAgeNanos}.
 */
final class SlowClientIT {

    private static final Duration NARROW_TIME = Duration.ofSeconds(Integer.getInteger("sdr.slow.seconds", 14));
    private static final Duration STANDSTILL = Duration.ofSeconds(5);
    /** After all are released. */
    private static final Duration AFTERWARDS = TestClip.GROUP.multipliedBy(4);

    private static final Duration MAX_LATENCY = Duration.ofMillis(500);
    private static final int SEND_BUFFER_BYTES = 262_144;
    private static final int RECEIVE_BUFFER_BYTES = 64 * 1024;
    /** The kernel doubles what it is asked for, for its own book-keeping, and may use all of it for bytes. */
    private static final int KERNELS_FACTOR = 2;

    /** What a machine that does other work besides may add to anything; a standstill of its own comes on top. */
    private static final Duration BUSY_MACHINE = Duration.ofMillis(2_000);

    /** A machine that never kept a thread waiting for longer gives a healthy viewer no reason to lag. */
    private static final Duration HARMLESS_STALL = MAX_LATENCY.dividedBy(5);

    /** What came out of one run. Moments are of {@link System#nanoTime}. */
    private record Run(ClipVideo video, Viewing healthy, Viewing narrow, Viewing stopped, long narrowReleasedNanos,
            long stoppedReleasedNanos, Losses losses, Metrics metrics, Duration longestStall) {

        /**
         * How many frames are missing between those that came to the healthy viewer, but for those that the server itself
         * has not seen, for the region has one slot, or could use for nobody for lack of them.
         */
        long missedByHealthy() {
            List<PacedViewer.Arrival> arrivals = healthy.arrivals;
            long span = arrivals.get(arrivals.size() - 1).frameSeq() - arrivals.get(0).frameSeq() + 1;
            return Math.max(0, span - arrivals.size() - losses.unseen() - losses.skipped());
        }

        Duration busyMachine() {
            return BUSY_MACHINE.plus(longestStall);
        }

        /** Where this viewer got less than the healthy one. */
        List<PacedViewer.Arrival> gaps(Viewing viewing) {
            return PacedViewer.gaps(viewing.arrivals, healthy.arrivals);
        }
    }

    /** What came to one viewer. */
    private record Viewing(List<PacedViewer.Arrival> arrivals, Path recording) {
    }

    @Test
    void slowViewersStayUpToDateAndTheOthersDoNotNotice() {
        Run run = run();
        assertHealthy(run);
        assertNarrow(run);
        assertStopped(run);
        assertThat(run.metrics.sum("sdr_lag_events_total")).as("lag events").isGreaterThanOrEqualTo(
                run.gaps(run.narrow).size() + run.gaps(run.stopped).size());
        assertThat(run.metrics.samples().get("sdr_clients_closed_total{reason=\"stalled\",}")).isZero();
        for (Viewing viewing : List.of(run.healthy, run.narrow, run.stopped)) {
            assertThat(viewing.arrivals.get(0).keyframe()).isTrue();
            assertThat(PacedViewer.jumps(viewing.arrivals)).allMatch(PacedViewer.Arrival::keyframe);
            assertThat(TestClip.picturesDecoded(viewing.recording)).isEqualTo(viewing.arrivals.size());
        }
    }

    private static Run run() {
        try (OpenResources opened = new OpenResources()) {
            TempRegion region = opened.add(TempRegion.create());
            ClipVideo video = opened.add(ClipVideo.of(clip(), RegionWriter.open(region.path())));
            ServerProcess server = opened.add(ServerProcess.builder().region(region).start());
            long half = video.bytesPerSecond() / 2;
            PacedViewer healthy = opened.add(PacedViewer.connect("healthy", server, 1 << 20, ThrottledInput.UNBOUNDED, video));
            PacedViewer narrow = opened.add(PacedViewer.connect("narrow", server, RECEIVE_BUFFER_BYTES, half, video));
            PacedViewer stopped = opened.add(
                    PacedViewer.connect("stopped", server, RECEIVE_BUFFER_BYTES, ThrottledInput.UNBOUNDED, video));
            server.http().awaitClients(3);
            server.http().awaitAttached();
            StallMeter meter = opened.add(StallMeter.start());
            video.start();

            Duration before = NARROW_TIME.minus(STANDSTILL).dividedBy(2);
            Await.pause(before.toNanos());
            stopped.input().blocked(true);
            Await.pause(STANDSTILL.toNanos());
            long stoppedReleasedNanos = System.nanoTime();
            stopped.input().blocked(false);
            Await.pause(before.toNanos());
            long narrowReleasedNanos = System.nanoTime();
            narrow.input().bytesPerSecond(ThrottledInput.UNBOUNDED);
            Await.pause(AFTERWARDS.toNanos());
            long last = video.stop();
            return new Run(video, viewing(healthy, last), viewing(narrow, last), viewing(stopped, last),
                    narrowReleasedNanos, stoppedReleasedNanos, Losses.of(server), server.http().metrics(),
                    meter.longest());
        }
    }

    /** Without a bound on age it is the queue's bound alone that drops frames; what follows it is a keyframe all the same. */
    @Test
    void anOverflowIsFollowedByAKeyframe() {
        try (OpenResources opened = new OpenResources()) {
            TempRegion region = opened.add(TempRegion.create());
            ClipVideo video = opened.add(ClipVideo.of(clip(), RegionWriter.open(region.path())));
            ServerProcess server = opened.add(ServerProcess.builder().region(region).set("SDR_MAX_LATENCY_MS", "0")
                    .set("SDR_BROADCAST_CAPACITY", "16").start());
            PacedViewer stopped = opened.add(
                    PacedViewer.connect("overflowed", server, RECEIVE_BUFFER_BYTES, ThrottledInput.UNBOUNDED, video));
            server.http().awaitClients(1);
            server.http().awaitAttached();
            video.start();
            Await.until("video", Deadlines.SOON, () -> server.http().metrics().sum("sdr_video_messages_sent_total") > 0);
            stopped.input().blocked(true);
            String overflow = "sdr_frames_dropped_total{reason=\"overflow\",}";
            Await.until("an overflow", Deadlines.SOON, () -> server.http().metrics().samples().get(overflow) >= 40);
            stopped.input().blocked(false);
            Await.pause(AFTERWARDS.toNanos());
            Viewing viewing = viewing(stopped, video.stop());

            assertThat(PacedViewer.jumps(viewing.arrivals)).isNotEmpty().allMatch(PacedViewer.Arrival::keyframe);
            assertThat(TestClip.picturesDecoded(viewing.recording)).isEqualTo(viewing.arrivals.size());
            assertThat(server.http().metrics().sum("sdr_lag_events_total")).isPositive();
        }
    }

    static Path clip() {
        return TestClip.encoded(10, TestClip.ONE_SLICE_WITH_DELIMITERS + ":qp=4");
    }

    private static Viewing viewing(PacedViewer viewer, long last) {
        return new Viewing(viewer.awaitFrame(last, Deadlines.SOON), viewer.recording());
    }

    private static void assertHealthy(Run run) {
        List<PacedViewer.Arrival> arrivals = run.healthy.arrivals;
        say("healthy, " + run.losses + ", longest stall of this machine " + run.longestStall, arrivals);
        if (run.missedByHealthy() > 0) {
            assertThat(run.longestStall).as("of this machine, to whose load %d frames missing at the healthy viewer are put down",
                    run.missedByHealthy()).isGreaterThan(HARMLESS_STALL);
        }
        assertThat(arrivals).allMatch(arrival -> arrival.ageNanos() <= run.busyMachine().toNanos());
    }

    private static void assertNarrow(Run run) {
        List<PacedViewer.Arrival> narrowed = run.narrow.arrivals.stream()
                .filter(arrival -> arrival.arrivedNanos() - run.narrowReleasedNanos < 0).toList();
        long bytesPerSecond = run.video.bytesPerSecond() / 2;
        say("narrow", narrowed);
        assertThat(narrowed).as("age on a way of %d bytes a second", bytesPerSecond)
                .allMatch(arrival -> arrival.ageNanos() <= mostAgeNanos(run, bytesPerSecond));
        // One group is seen in part, then the next or the one after it: what the way is wide enough for is used.
        long written = narrowed.get(narrowed.size() - 1).frameSeq();
        assertThat(narrowed.size()).as("of %d frames", written).isBetween((int) written / 8, (int) (written * 6 / 10));
        assertThat(run.gaps(run.narrow)).hasSizeGreaterThan((int) NARROW_TIME.toSeconds() / 10);
        assertRecovered(run, run.narrow, run.narrowReleasedNanos);
    }

    private static void assertStopped(Run run) {
        List<PacedViewer.Arrival> arrivals = run.stopped.arrivals;
        assertThat(run.gaps(run.stopped)).as("gaps, of a standstill that was long enough").isNotEmpty()
                .allMatch(gap -> gap.arrivedNanos() - run.stoppedReleasedNanos > 0);
        // Only what the kernels held already is as old as the standstill was long.
        long takenBefore = arrivals.stream().filter(arrival -> arrival.arrivedNanos() - run.stoppedReleasedNanos < 0)
                .reduce((first, second) -> second).orElseThrow().bytesBefore();
        long kernels = 2L * run.video.largestPictureBytes() + KERNELS_FACTOR * (SEND_BUFFER_BYTES + RECEIVE_BUFFER_BYTES);
        List<PacedViewer.Arrival> fresh =
                arrivals.stream().filter(arrival -> arrival.bytesBefore() > takenBefore + kernels).toList();
        say("stopped", arrivals);
        say("  after the kernels' bytes", fresh);
        assertThat(arrivals).allMatch(arrival -> arrival.ageNanos() <= STANDSTILL.plus(run.busyMachine()).toNanos());
        assertThat(fresh).allMatch(arrival -> arrival.ageNanos() <= TestClip.GROUP.plus(run.busyMachine()).toNanos());
        assertRecovered(run, run.stopped, run.stoppedReleasedNanos);
    }

    /** From the first keyframe written after the release on, nothing is missing. */
    private static void assertRecovered(Run run, Viewing viewing, long releasedNanos) {
        long settledNanos = releasedNanos + TestClip.GROUP.plus(run.busyMachine().dividedBy(2)).toNanos();
        assertThat(run.gaps(viewing)).as("gaps later than one keyframe after the release")
                .allMatch(gap -> gap.commitNanos() - settledNanos <= 0);
        assertThat(viewing.arrivals.stream().filter(arrival -> arrival.commitNanos() - settledNanos > 0)).isNotEmpty()
                .allMatch(arrival -> arrival.ageNanos() <= run.busyMachine().toNanos());
    }

    /**
     * What is handed to the kernel is no older than SDR_MAX_LATENCY_MS, or it is the newest keyframe, which is no older
     * than one group. It then waits behind what both kernels hold, and takes its own time on the way.
     */
    private static long mostAgeNanos(Run run, long bytesPerSecond) {
        long ahead = KERNELS_FACTOR * (SEND_BUFFER_BYTES + RECEIVE_BUFFER_BYTES) + run.video.largestPictureBytes();
        Duration queued = MAX_LATENCY.compareTo(TestClip.GROUP) > 0 ? MAX_LATENCY : TestClip.GROUP;
        return queued.plus(run.busyMachine()).toNanos() + Duration.ofSeconds(1).toNanos() * ahead / bytesPerSecond;
    }

    private static void say(String who, List<PacedViewer.Arrival> arrivals) {
        long[] ages = arrivals.stream().mapToLong(PacedViewer.Arrival::ageNanos).sorted().toArray();
        System.out.printf(Locale.ROOT, "%s: %d frames, %d gaps, age p50 %.1f p99 %.1f most %.1f ms%n", who, ages.length,
                PacedViewer.jumps(arrivals).size(), ages[ages.length / 2] / 1e6, ages[ages.length * 99 / 100] / 1e6,
                ages[ages.length - 1] / 1e6);
    }
}

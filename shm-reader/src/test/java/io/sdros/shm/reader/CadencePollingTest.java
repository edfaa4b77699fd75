package io.sdros.shm.reader;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Runs the strategy against made-up commit times. Waking up takes a made-up moment, too, and so does a look without a pause.
 * What comes out is how late each frame was seen, how many looks after a pause it took, and for how long it looked without.
 */
class CadencePollingTest {

    private static final long MICRO = 1_000;
    private static final long MILLI = 1_000_000;
    private static final long SIXTIETH = 16_666_667;
    private static final long WAKE_UP = 10 * MICRO;
    private static final long SPIN_TURN = MICRO;

    private final CadencePolling polling = new CadencePolling();
    private final Random random = new Random(42);
    private long now = 5_000 * MILLI;
    private long sequence;
    private long looks;
    private long spunNanos;
    private long lastLook;
    /** One wake-up in three is late by up to this much. */
    private long stallNanos;

    /** Lets the writer commit the given number of frames, and returns the delays with which commits were seen. */
    private long[] follow(int frames, LongUnaryOperator commitAfterNanos) {
        long start = now;
        long[] delays = new long[frames];
        int seen = 0;
        int count = 0;
        looks = 0;
        spunNanos = 0;
        while (seen < frames) {
            lastLook = now;
            int committed = seen;
            while (committed < frames && start + commitAfterNanos.applyAsLong(committed) <= now) {
                committed++;
            }
            if (committed > seen) {
                delays[count++] = now - (start + commitAfterNanos.applyAsLong(committed - 1));
                sequence += committed - seen;
                seen = committed;
            }
            polling.observe(sequence, now);
            long pause = polling.pauseNanos(now);
            if (pause == PollStrategy.SPIN) {
                now += SPIN_TURN;
                spunNanos += SPIN_TURN;
                continue;
            }
            assertThat(pause).isBetween(CadencePolling.MIN_FINE_NANOS, CadencePolling.MAX_SLEEP_NANOS);
            looks++;
            now += pause + WAKE_UP;
            if (stallNanos > 0 && random.nextInt(3) == 0) {
                now += random.nextLong(stallNanos);
            }
        }
        return Arrays.copyOf(delays, count);
    }

    private LongUnaryOperator grid(long interval, long jitter) {
        long[] offsets = random.longs(10_000, -jitter, jitter + 1).toArray();
        return i -> (i + 1) * interval + offsets[(int) i];
    }

    private static long percentile(long[] delays, int percent) {
        long[] sorted = delays.clone();
        Arrays.sort(sorted);
        return sorted[(sorted.length - 1) * percent / 100];
    }

    private void learn() {
        follow(100, grid(SIXTIETH, 500 * MICRO));
    }

    @Test
    void looksEveryMillisecondWhenItKnowsNothing() {
        polling.observe(0, now);
        assertThat(polling.pauseNanos(now)).isEqualTo(MILLI);
        polling.observe(7, now);
        assertThat(polling.pauseNanos(now)).isEqualTo(MILLI);
    }

    @Test
    void looksLessOftenWhenNothingHasComeForSeconds() {
        polling.observe(0, now);
        now += 2_600 * MILLI;
        polling.observe(0, now);
        assertThat(polling.pauseNanos(now)).isEqualTo(20 * MILLI);
        polling.observe(1, now);
        assertThat(polling.pauseNanos(now)).isEqualTo(MILLI);
    }

    @Test
    void seesJitteringFramesSoonWithFewLooks() {
        learn();
        long[] delays = follow(2000, grid(SIXTIETH, 500 * MICRO));
        assertThat(delays).hasSize(2000);
        assertThat(percentile(delays, 50)).isLessThan(28 * MICRO);
        assertThat(percentile(delays, 99)).isLessThan(80 * MICRO);
        assertThat(looks).isLessThan(2000 * 17);
        assertThat(spunNanos).as("too wide a window to spin through").isLessThan(10 * MILLI);
    }

    @Test
    void steadyFramesAreWaitedForWithoutAPauseForOneOrTwoPerCentOfTheTime() {
        for (long interval : new long[] {40 * MILLI, SIXTIETH, SIXTIETH / 2}) {
            follow(200, grid(interval, 0));
            long begin = now;
            long[] delays = follow(1000, grid(interval, 20 * MICRO));
            assertThat(percentile(delays, 99)).as("%d ns apart", interval).isLessThan(20 * MICRO);
            assertThat(looks).as("%d ns apart", interval).isLessThan(1000 * 4);
            assertThat(spunNanos).as("%d ns apart", interval).isLessThan((now - begin) / 50);
        }
    }

    @Test
    void aSteadyFrameThatDoesNotComeIsNotSpunForLong() {
        learn();
        follow(200, grid(SIXTIETH, 0));
        follow(1000, i -> (i / 3 * 4 + i % 3 + 1) * SIXTIETH); // every fourth is not there
        assertThat(spunNanos).isLessThan(1333 * SIXTIETH / 50 * 3 / 2);
    }

    @Test
    void aFrameThatIsThereAlreadyIsNoArrival() {
        polling.observe(++sequence, now);
        follow(3, i -> 300 * MICRO + i * SIXTIETH);
        follow(200, grid(SIXTIETH, 0));
        follow(1000, grid(SIXTIETH, 0));
        assertThat(looks).isLessThan(1000 * 8);
    }

    @Test
    void twoFramesCloseTogetherAreNotTakenForTheIntervalForLong() {
        polling.observe(0, now);
        follow(2, i -> (i + 1) * 1_200 * MICRO);
        long[] delays = follow(20, grid(SIXTIETH, 0));
        assertThat(percentile(delays, 100)).isLessThan(MILLI + WAKE_UP + 1);
        follow(200, grid(SIXTIETH, 0));
        follow(1000, grid(SIXTIETH, 0));
        assertThat(looks).isLessThan(1000 * 8);
    }

    @Test
    void aRoughStartIsNotRememberedForEver() {
        for (int start = 0; start < 500; start++) {
            long interval = start % 2 == 0 ? SIXTIETH : 40 * MILLI;
            sequence = 0;
            polling.observe(0, now); // the writer starts over
            stallNanos = 30 * MILLI;
            follow(60, grid(interval, 0));
            stallNanos = 0;
            follow(100, grid(interval, 0));
            long[] delays = follow(300, grid(interval, 0));
            assertThat(percentile(delays, 90)).as("start %d, %d ns apart", start, interval).isLessThan(100 * MICRO);
        }
    }

    @Test
    void anIntervalHalfAsLongAgainIsLearnt() {
        for (long interval : new long[] {40 * MILLI, 33_333_333, SIXTIETH}) {
            sequence = 0;
            polling.observe(0, now);
            long before = 500 * (interval * 2 / 3);
            long[] delays = follow(800, i -> i < 500 ? (i + 1) * (interval * 2 / 3) : before + (i - 499) * interval);
            long[] last = Arrays.copyOfRange(delays, delays.length - 200, delays.length);
            assertThat(percentile(last, 90)).as("%d ns apart", interval).isLessThan(20 * MICRO);
        }
    }

    @Test
    void whatIsThereAfterARestartIsNoArrival() {
        learn();
        polling.restart();
        polling.observe(sequence += 50, now);
        for (int arrival = 1; arrival <= 3; arrival++) {
            assertThat(polling.pauseNanos(now)).as("after %d arrivals", arrival - 1).isEqualTo(MILLI);
            now += SIXTIETH;
            polling.observe(++sequence, now);
        }
        assertThat(polling.pauseNanos(now)).isEqualTo(MILLI);
        now += SIXTIETH;
        polling.observe(++sequence, now);
        assertThat(polling.pauseNanos(now)).as("known from the fourth on").isGreaterThan(MILLI);
    }

    @Test
    void framesInPairsAreNotLookedForAllTheTime() {
        long[] delays = follow(1000, i -> (i / 2 + 1) * 2 * SIXTIETH + i % 2 * 2 * MILLI);
        assertThat(percentile(delays, 100)).isLessThan(MILLI + WAKE_UP + 1);
        assertThat(looks).as("a third of looking every 40 µs").isLessThan(500 * 33_333 / 40 / 3 * 2);
    }

    @Test
    void aBurstIsNotLookedAfterForLong() {
        follow(600, i -> i / 6 * 100 * MILLI + i % 6 * 2 * MILLI);
        assertThat(looks).as("100 bursts of 6; looking all the time would be a thousand looks each").isLessThan(100 * 500);
    }

    @Test
    void jitterThatAddsUpIsFollowed() {
        learn();
        long[] times = new long[2000];
        long time = 0;
        for (int i = 0; i < times.length; i++) {
            time += SIXTIETH + random.nextLong(-500 * MICRO, 500 * MICRO);
            times[i] = time;
        }
        long[] delays = follow(times.length, i -> times[(int) i]);
        assertThat(percentile(delays, 50)).isLessThan(60 * MICRO);
        assertThat(looks).isLessThan(times.length * 35L);
    }

    @Test
    void framesMissingFromTheGridDoNotDisturbIt() {
        learn();
        // Every seventh frame is not there, and no number is left out for it.
        long[] delays = follow(1000, i -> (i + i / 6 + 1) * SIXTIETH);
        assertThat(percentile(delays, 50)).isLessThan(60 * MICRO);
        assertThat(percentile(delays, 90)).isLessThan(150 * MICRO);
    }

    @Test
    void aNewIntervalIsLearnt() {
        learn();
        for (long interval : new long[] {33_333_333, 8_333_333, 20_000_000, 40_000_000, SIXTIETH}) {
            follow(40, grid(interval, 200 * MICRO));
            long[] delays = follow(100, grid(interval, 200 * MICRO));
            assertThat(delays).as("frames seen, %d ns apart", interval).hasSize(100);
            assertThat(percentile(delays, 50)).as("%d ns apart", interval).isLessThan(60 * MICRO);
        }
    }

    @Test
    void twiceTheRateLosesFewFrames() {
        learn();
        assertThat(follow(60, grid(SIXTIETH / 2, 100 * MICRO))).hasSizeGreaterThan(54);
    }

    @Test
    void looksEveryMillisecondWhenFramesStopAndKnowsTheIntervalWhenTheyComeBack() {
        learn();
        now += 150 * MILLI;
        polling.observe(sequence, now);
        assertThat(polling.pauseNanos(now)).isEqualTo(MILLI);
        now += 2_000 * MILLI;
        polling.observe(sequence, now);
        assertThat(polling.pauseNanos(now)).isEqualTo(MILLI);
        now += 10_000 * MILLI;
        polling.observe(sequence, now);
        assertThat(polling.pauseNanos(now)).isEqualTo(20 * MILLI);
        long[] delays = follow(60, grid(SIXTIETH, 500 * MICRO));
        assertThat(delays).hasSize(60);
        assertThat(percentile(Arrays.copyOfRange(delays, 5, 60), 50)).isLessThan(80 * MICRO);
    }

    @Test
    void lateFramesAreSeenWithinAMillisecond() {
        learn();
        long[] delays = follow(300, i -> (i + 1) * SIXTIETH + (i % 10 == 9 ? 7 * MILLI : 0));
        assertThat(percentile(delays, 100)).isLessThan(MILLI + WAKE_UP + 1);
    }

    @Test
    void aFrameThatComesSoonAfterItsWindowIsSeenSoon() {
        learn();
        follow(200, grid(SIXTIETH, 0));
        long[] delays = follow(300, i -> (i + 1) * SIXTIETH + (i % 20 == 19 ? 600 * MICRO : 0));
        assertThat(percentile(delays, 100)).isLessThan(600 * MICRO / 4 + WAKE_UP + CadencePolling.MIN_FINE_NANOS);
    }

    @Test
    void theNumberOfLooksIsBoundedWhenThereIsNoCadence() {
        learn();
        long[] times = random.longs(500, 0, 500 * SIXTIETH).sorted().toArray();
        long begin = now;
        follow(times.length, i -> times[(int) i]);
        long milliseconds = (now - begin) / MILLI;
        assertThat(looks).isLessThan(6 * milliseconds);
    }

    @Test
    void beingWokenUpChangesNothing() {
        learn();
        LongUnaryOperator commits = grid(SIXTIETH, 0);
        follow(200, commits);
        long pause = polling.pauseNanos(lastLook);
        assertThat(pause).isGreaterThan(10 * MILLI);
        for (long woken = lastLook; woken < lastLook + 10 * MILLI; woken += MILLI / 3) {
            polling.observe(sequence, woken);
            assertThat(woken + polling.pauseNanos(woken)).isEqualTo(lastLook + pause);
        }
    }

    @Test
    void aWriterThatStartsOverIsLearntAfresh() {
        learn();
        polling.observe(0, now);
        assertThat(polling.pauseNanos(now)).isEqualTo(MILLI);
        sequence = 0;
        follow(50, grid(40 * MILLI, 100 * MICRO));
        assertThat(percentile(follow(200, grid(40 * MILLI, 100 * MICRO)), 50)).isLessThan(60 * MICRO);
    }

    @Test
    void slowFramesDoNotMeanLongSleeps() {
        long[] delays = follow(10, grid(1_000 * MILLI, 0));
        assertThat(percentile(delays, 100)).isLessThanOrEqualTo(2 * MILLI);
    }
}

package io.sdros.server.bitstream;

import static io.sdros.server.bitstream.Units.DELIMITER;
import static io.sdros.server.bitstream.Units.annexB;
import static io.sdros.server.bitstream.Units.idr;
import static io.sdros.server.bitstream.Units.joined;
import static io.sdros.server.bitstream.Units.pps;
import static io.sdros.server.bitstream.Units.slice;
import static io.sdros.server.bitstream.Units.sps;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.sdros.shm.protocol.Codecs;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** How much is looked at and allocated, whatever is in a unit. */
class BoundsTest {

    private static final int MEBIBYTES_8 = 8 << 20;

    private final Inspected stream = Inspected.h264();

    private long examined(byte[] unit) {
        long before = stream.inspector.examinedBytes();
        stream.flagged(unit);
        return stream.inspector.examinedBytes() - before;
    }

    @Test
    void eightMebibytesOfZeros() {
        byte[] zeros = new byte[MEBIBYTES_8];
        assertThat(examined(zeros)).isLessThanOrEqualTo(2 * NalCursor.MOST_BYTES);
        assertThat(stream.keyframe()).isTrue();
        zeros[0] = 1;
        assertThat(examined(zeros)).isLessThanOrEqualTo(2 * NalCursor.MOST_BYTES);
        for (byte[] nal : new byte[][] {DELIMITER, sps(0, 4, 4), pps(0, 0), {6}, {0x41}}) {
            byte[] unit = joined(annexB(nal), new byte[MEBIBYTES_8]);
            assertThat(examined(unit)).isLessThanOrEqualTo(2 * NalCursor.MOST_BYTES);
        }
    }

    @Test
    void aThousandStartCodesWithoutASlice() {
        byte[] unit = new byte[MEBIBYTES_8];
        for (int i = 2; i < unit.length; i += 3) {
            unit[i] = 1;
        }
        assertThat(examined(unit)).isLessThanOrEqualTo(2 * NalCursor.MOST_BYTES);
        byte[] information = {6, 5, 3, 1, 1, 1};
        byte[][] many = new byte[100_000][];
        Arrays.fill(many, information);
        assertThat(examined(annexB(many))).isLessThanOrEqualTo(2 * NalCursor.MOST_BYTES);
        assertThat(stream.keyframe()).as("believed, since the first slice is out of reach").isTrue();
        assertThat(stream.conditions()).isEmpty();
    }

    @Test
    void ofAPictureNoMoreThanItsBeginningButNowAndThen() {
        stream.flagged(annexB(DELIMITER, sps(0, 40, 23), pps(0, 0), idr(0, 0)));
        byte[] unit = joined(annexB(DELIMITER, slice(0, 0, 0)), "x".repeat(1 << 20).getBytes());
        long sum = 0;
        for (int i = 1; i < StreamInspector.WHOLE_EVERY; i++) {
            sum += examined(unit);
        }
        assertThat(sum).isLessThan(32L * StreamInspector.WHOLE_EVERY);
        assertThat(examined(unit)).isBetween((long) NalCursor.MOST_BYTES / 2, NalCursor.MOST_BYTES + 32L);
    }

    @Test
    void parameterSetsBeyondTheBoundAreNotLearntInPart() {
        byte[] filler = joined(new byte[] {12}, "x".repeat(NalCursor.MOST_BYTES - 20).getBytes());
        stream.flagged(annexB(filler, sps(0, 40, 23), pps(0, 0), idr(0, 0)));
        stream.flagged(annexB(idr(0, 0)));
        assertThat(stream.inspector.insertedBytes()).isZero();
        assertThat(stream.conditions()).contains(BitstreamCondition.NO_PARAMETER_SETS);
    }

    @Test
    void nothingIsAllocatedForWhatBringsNothingNew() {
        byte[][] units = {annexB(DELIMITER, sps(0, 40, 23), pps(0, 0), idr(0, 0)), annexB(DELIMITER, slice(0, 0, 0)),
            annexB(slice(0, 1, 0), slice(9, 1, 0)), annexB(DELIMITER, Units.RECOVERY, slice(0, 0, 0)), annexB(sps(0, 40, 23)),
            annexB(idr(0, 0)), annexB(slice(9, 0, 0)), {1, 2, 3}};
        StreamInspector inspector = stream.inspector;
        run(inspector, units, 20_000);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        // The compilers of the VM may allocate on this thread's account once in a while.
        for (int i = 0; i < 5; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            run(inspector, units, 1_000);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).as("bytes for 8,000 units").isLessThan(8_000);
    }

    private static void run(StreamInspector inspector, byte[][] units, int rounds) {
        for (int i = 0; i < rounds; i++) {
            for (byte[] unit : units) {
                inspector.inspect(unit, 0, unit.length, Codecs.H264, true);
            }
        }
    }

    @Test
    void aUnitMustLieWithinItsArray() {
        assertThatThrownBy(() -> stream.inspector.inspect(new byte[10], 5, 6, Codecs.H264, true))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    /** The same on many cuts and damages of good units, as far as a quick test goes; the fuzzer goes on. */
    @Test
    void damageIsNoHarm() {
        SplittableRandom random = new SplittableRandom(17);
        byte[][] seeds = {annexB(DELIMITER, sps(0, 40, 23), pps(0, 0), Units.RECOVERY, idr(0, 0)),
            Units.lengthPrefixed(sps(0, 40, 23), pps(0, 0), idr(0, 0)), annexB(slice(0, 1, 0))};
        byte[][] hevcSeeds = {annexB(Units.HEVC_DELIMITER, Units.hevcVps(0), Units.hevcSps(0, 0, 64, 64), Units.hevcPps(0, 0),
                Units.hevcSlice(19, true, 0)), annexB(Units.hevcSlice(1, true, 0))};
        Inspected hevc = Inspected.hevc();
        for (int i = 0; i < 40_000; i++) {
            check(stream, damaged(seeds[random.nextInt(seeds.length)], random));
            check(hevc, damaged(hevcSeeds[random.nextInt(hevcSeeds.length)], random));
        }
    }

    private static byte[] damaged(byte[] seed, SplittableRandom random) {
        byte[] unit = Arrays.copyOf(seed, random.nextInt(1, seed.length + 3));
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            unit[random.nextInt(unit.length)] = (byte) random.nextInt();
        }
        return unit;
    }

    private static void check(Inspected stream, byte[] unit) {
        stream.flagged(unit);
        byte[] completed = stream.completed();
        assertThat(completed).hasSize(unit.length + stream.inspector.insertedBytes());
        if (stream.inspector.insertedBytes() == 0) {
            assertThat(completed).isEqualTo(stream.inPlace());
        }
    }
}

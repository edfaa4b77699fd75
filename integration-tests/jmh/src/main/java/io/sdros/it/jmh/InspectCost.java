package io.sdros.it.jmh;

import io.sdros.server.bitstream.StreamInspector;
import io.sdros.shm.protocol.Codecs;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the server's look into a payload costs per frame, one frame in sixteen being looked through for a second picture.
 * The bytes behind the first slice's head are noise, as in a real one.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 2, jvmArgsAppend = {"-Xms256m", "-Xmx256m", "-XX:+UseSerialGC"})
@Warmup(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 15, time = 100, timeUnit = TimeUnit.MILLISECONDS)
public class InspectCost {

    private static final String SETS =
            "000000016742c00ad91e84000003000400000300c83c489920" + "0000000168cb83cb20";
    private static final String DELIMITER = "0000000109f0";

    @Param({"3000", "16384", "1048576"})
    public int frameBytes;

    private final StreamInspector inspector = new StreamInspector(true);
    private byte[] delta;
    private byte[] keyframe;

    @Setup
    public void make() {
        delta = delta(frameBytes);
        keyframe = keyframe(frameBytes);
        inspector.inspect(keyframe, 0, keyframe.length, Codecs.H264, true);
    }

    /** A picture as most are: nothing to learn, nothing lacking. */
    static byte[] delta(int frameBytes) {
        return frame(DELIMITER + "00000001419a2233", frameBytes);
    }

    /** A keyframe with its parameter sets. */
    static byte[] keyframe(int frameBytes) {
        return frame(DELIMITER + SETS + "000000016588840a", frameBytes);
    }

    private static byte[] frame(String head, int frameBytes) {
        byte[] bytes = HexFormat.of().parseHex(head);
        byte[] frame = Arrays.copyOf(bytes, frameBytes);
        int noise = 1;
        for (int i = bytes.length; i < frame.length; i++) {
            noise = noise * 1_103_515_245 + 12_345;
            frame[i] = (byte) (noise >>> 16 | 1);
        }
        return frame;
    }

    @Benchmark
    public boolean delta() {
        inspector.inspect(delta, 0, delta.length, Codecs.H264, false);
        return inspector.keyframe();
    }

    /** A keyframe with the parameter sets that are known. */
    @Benchmark
    public boolean keyframe() {
        inspector.inspect(keyframe, 0, keyframe.length, Codecs.H264, true);
        return inspector.keyframe();
    }
}

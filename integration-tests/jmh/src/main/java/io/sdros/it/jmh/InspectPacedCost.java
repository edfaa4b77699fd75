package io.sdros.it.jmh;

import io.sdros.server.bitstream.StreamInspector;
import io.sdros.shm.protocol.Codecs;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The look into a payload as a server has it: 60 times a second, so that neither the code nor its data are in the
 * processor's caches any more, and of a frame that was read a moment ago. The mean counts: one frame in sixteen is looked
 * through whole. Compiled code, as after a minute of video.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 3, jvmArgsAppend = {"-Xms256m", "-Xmx256m", "-XX:+UseSerialGC"})
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 4, time = 4)
public class InspectPacedCost {

    private static final long INTERVAL_NANOS = 16_666_667;
    private static final int UNTIL_COMPILED = 50_000;

    @Param({"3000", "16384", "1048576"})
    public int frameBytes;

    private final StreamInspector inspector = new StreamInspector(true);
    private byte[] written;
    private byte[] read;

    @Setup
    public void compile() {
        byte[] keyframe = InspectCost.keyframe(frameBytes);
        inspector.inspect(keyframe, 0, keyframe.length, Codecs.H264, true);
        written = InspectCost.delta(frameBytes);
        for (int i = 0; i < UNTIL_COMPILED; i++) {
            inspector.inspect(written, 0, written.length, Codecs.H264, false);
        }
    }

    @Setup(Level.Invocation)
    public void awaitFrame() {
        LockSupport.parkNanos(INTERVAL_NANOS);
        read = written.clone();
    }

    /** What of the other figure is the way into a method after a pause, and the clock. */
    @Benchmark
    public boolean nothing() {
        return read.length == 0;
    }

    @Benchmark
    public boolean inspect() {
        inspector.inspect(read, 0, read.length, Codecs.H264, false);
        return inspector.keyframe();
    }
}

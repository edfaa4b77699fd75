package io.sdros.shm.reader;

import java.nio.file.Path;
import java.util.Optional;

/** A stream's loop, run turn by turn on the test's thread against a made-up clock; real files. */
final class LoopHarness {

    static final long MILLI = 1_000_000;

    final RecordingListener heard = new RecordingListener();
    final ReaderStatistics statistics;
    final FrameReader reader;
    final StreamLoop loop;
    boolean demand = true;
    boolean readAgain;
    long now = 1_000 * MILLI;
    long lastPause;
    /** How long an array may be, and how many were asked for. */
    int allocatableBytes = Integer.MAX_VALUE;
    int allocations;

    LoopHarness(Path path) {
        this(path, true, 128, Optional.empty());
    }

    /** With another listener than the recording one, if there is another. */
    LoopHarness(Path path, boolean crcEnabled, long expectedBytes, Optional<FrameStreamListener> listener) {
        statistics = new ReaderStatistics(() -> now);
        StreamEvents events = new StreamEvents(
                path, listener.orElse(heard), () -> demand, () -> readAgain, () -> now, statistics);
        reader = FrameReader.detachedBuilder().crcEnabled(crcEnabled).nanoClock(() -> now)
                .allocator(this::allocate).build();
        RegionAttacher attacher = new RegionAttacher(new RegionFile(path), reader, events, expectedBytes);
        loop = new StreamLoop(reader, attacher, PollMode.CADENCE.newStrategy(), events, () -> now, nanos -> {
            lastPause = nanos;
            now += Math.max(nanos, 1_000);
        }, new BellListener(new BellConnection(Optional.empty()), events));
    }

    private byte[] allocate(int bytes) {
        allocations++;
        if (bytes > allocatableBytes) {
            throw new OutOfMemoryError("made up");
        }
        return new byte[bytes];
    }

    void turn() {
        loop.guardedTurn();
    }

    /** Takes turns until that much made-up time has passed; answers how many. */
    int runFor(long nanos) {
        long end = now + nanos;
        int turns = 0;
        while (now - end < 0) {
            loop.guardedTurn();
            turns++;
        }
        return turns;
    }
}

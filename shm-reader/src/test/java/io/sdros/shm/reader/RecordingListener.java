package io.sdros.shm.reader;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Keeps what it is told, as lines; may be read by any thread. */
final class RecordingListener implements FrameStreamListener {

    final List<String> lines = new CopyOnWriteArrayList<>();
    final List<Frame> frames = new CopyOnWriteArrayList<>();
    final AtomicLong polls = new AtomicLong();
    final AtomicInteger bellsHeard = new AtomicInteger();

    @Override
    public void onFrame(Frame frame) {
        frames.add(frame);
        lines.add("frame " + frame.frameSeq());
    }

    @Override
    public void onSkipped() {
        lines.add("skipped");
    }

    @Override
    public void onDiscontinuity(Discontinuity reason, long lostFrames) {
        lines.add(reason + " " + lostFrames);
    }

    @Override
    public void onPoll(long nowNanos) {
        polls.incrementAndGet();
    }

    @Override
    public void onBell(boolean heard) {
        if (heard) {
            bellsHeard.incrementAndGet();
        }
    }

    @Override
    public void onAttach(AttachState state, Path path, String reason) {
        lines.add(state + ": " + reason);
    }

    @Override
    public void onSmallRegion(Path path, long actualBytes, long expectedBytes) {
        lines.add("small " + actualBytes + " < " + expectedBytes);
    }

    @Override
    public void onReadFailure(ReadFailure failure) {
        lines.add("failure " + failure.outcome() + " at " + failure.sequence() + ", suppressed "
                + failure.suppressed() + (failure.crcLikelyOff() ? ", CRC off?" : ""));
    }

    @Override
    public void onUncaught(Throwable failure, long suppressed) {
        lines.add("uncaught " + failure.getMessage() + ", suppressed " + suppressed);
    }

    /** The lines since the last call. */
    List<String> take() {
        List<String> taken = List.copyOf(lines);
        lines.clear();
        return taken;
    }
}

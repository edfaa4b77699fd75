package io.sdros.it.stress;

import io.sdros.shm.reader.Discontinuity;
import io.sdros.shm.reader.Frame;
import io.sdros.shm.reader.FrameStreamListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Receives the frames of the chaos run and notes what must not be: a frame of an earlier life, wrong bytes, a life or
 * a piece after a gap that does not begin with a keyframe, numbers that go back unannounced.
 */
final class LifeWatch implements FrameStreamListener {

    /** The last frame, with the time it was read at. */
    record Seen(LifeFrame frame, long readNanos) {
    }

    private final String name;
    private final List<String> violations = new CopyOnWriteArrayList<>();
    private final AtomicLong frames = new AtomicLong();
    private volatile Seen first = new Seen(new LifeFrame(0, 0, 0, false, true), 0);
    private volatile Seen last = first;
    private boolean keyframeNeeded = true;
    private boolean restartTold = true;

    LifeWatch(String name) {
        this.name = name;
    }

    @Override
    public void onFrame(Frame raw) {
        LifeFrame frame = LifeFrame.of(raw);
        LifeFrame before = last.frame();
        if (!frame.whole()) {
            violations.add(name + ": wrong bytes in " + raw.header());
        }
        if (frame.life() < before.life()) {
            violations.add(name + ": " + frame + " after " + before);
        }
        if (frame.life() != before.life() && !restartTold) {
            violations.add(name + ": new life without a word: " + frame + " after " + before);
        }
        if (frame.life() == before.life() && !restartTold && frame.seq() <= before.seq()) {
            violations.add(name + ": backwards: " + frame + " after " + before);
        }
        boolean follows = frame.life() == before.life() && frame.seq() == before.seq() + 1 && !keyframeNeeded;
        if (!follows && !frame.keyframe()) {
            violations.add(name + ": no keyframe: " + frame + " after " + before);
        }
        keyframeNeeded = false;
        restartTold = false;
        Seen seen = new Seen(frame, System.nanoTime());
        if (frame.life() != before.life()) {
            first = seen;
        }
        last = seen;
        frames.incrementAndGet();
    }

    @Override
    public void onDiscontinuity(Discontinuity reason, long lostFrames) {
        keyframeNeeded = true;
        restartTold |= reason == Discontinuity.WRITER_RESTART;
    }

    @Override
    public void onUncaught(Throwable failure, long suppressed) {
        violations.add(name + ": " + failure);
    }

    /** The first frame of the latest life. */
    Seen first() {
        return first;
    }

    Seen last() {
        return last;
    }

    long frames() {
        return frames.get();
    }

    List<String> violations() {
        return violations;
    }
}

package io.sdros.relay.nats;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Looks at each frame of {@link NumberedFrames} that comes over the relay. Counts are for any thread. */
final class NumberedViewer implements EdgeStreamListener {

    private final AtomicLong genuine = new AtomicLong();
    private final AtomicLong lastGenuine = new AtomicLong();
    private final AtomicLong forged = new AtomicLong();
    private final AtomicLong gaps = new AtomicLong();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private boolean announced = true;
    private long last;

    /** Frames as they were made. */
    long genuine() {
        return genuine.get();
    }

    /** The number of the last one of them. */
    long lastGenuine() {
        return lastGenuine.get();
    }

    /** Frames that were not made, or not like this. */
    long forged() {
        return forged.get();
    }

    /** Frames behind others that they do not continue, of which nothing was told. */
    long gaps() {
        return gaps.get();
    }

    /** What was thrown. */
    List<Throwable> failures() {
        return failures;
    }

    @Override
    public void onFrame(EdgeFrame frame) {
        long number = NumberedFrames.number(frame);
        if (NumberedFrames.genuine(frame)) {
            genuine.incrementAndGet();
            lastGenuine.set(number);
            // An origin that was not wanted for a moment goes on with a keyframe.
            boolean keyframe = number % NumberedFrames.GROUP == 1;
            gaps.addAndGet(keyframe || number == last + 1 || announced ? 0 : 1);
        } else {
            forged.incrementAndGet();
        }
        announced = false;
        last = number;
    }

    @Override
    public void onDiscontinuity() {
        announced = true;
    }

    @Override
    public void onOtherOrigin() {
        announced = true;
    }

    @Override
    public void onPoll(long nowNanos) {
        // Nothing is due.
    }

    @Override
    public void onUncaught(Throwable failure) {
        failures.add(failure);
    }
}

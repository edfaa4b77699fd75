package io.sdros.relay.nats;

import java.util.Optional;

/** Where an origin has a stream's frames from: it is one more subscriber among the stream's viewers. */
public interface OriginFrames {

    /**
     * Subscribes. The first frame is a keyframe, and after frames that were left out the next is one.
     *
     * @param wakeUp called on any thread, and must not block, when there may be frames to poll
     */
    Subscription subscribe(Runnable wakeUp);

    /** One subscription; used by one thread at a time. */
    interface Subscription extends AutoCloseable {

        /** To be called before a round of polls: what comes from then on wakes again. */
        void beginDrain();

        /** The next frame that is worth sending now; empty if there is none. */
        Optional<OriginFrame> poll();

        @Override
        void close();
    }
}

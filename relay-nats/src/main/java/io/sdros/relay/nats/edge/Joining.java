package io.sdros.relay.nats.edge;

import io.sdros.relay.nats.wire.ReceivedFrame;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Joining a stream: when it is asked for, which frames of a replay are of use, and the live frames that wait until the replay
 * is over. A replay is for all who join, so what comes at first may be the rest of one that began before.
 */
final class Joining {

    /** What is to be asked for now. */
    enum Ask {
        NOTHING,
        AGAIN,
        KEYFRAME
    }

    private static final long ANSWER_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long LATER_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long mostHeldBytes;
    private final Queue<ReceivedFrame> held = new ArrayDeque<>();
    private long heldBytes;
    private boolean following;
    private boolean followedAny;
    private long followed;
    private long askedNanos;
    private int unanswered;

    /** @param mostHeldBytes how much may wait; if it is more, all that waits is let go of */
    Joining(long mostHeldBytes) {
        this.mostHeldBytes = mostHeldBytes;
    }

    /** The stream is asked for. */
    void begin(long nowNanos) {
        clear();
        askedNanos = nowNanos;
        unanswered = 0;
    }

    void clear() {
        held.clear();
        heldBytes = 0;
        following = false;
        followedAny = false;
    }

    /**
     * A frame of a replay has come.
     *
     * @return whether it is of use: a keyframe, or right behind the one before it
     */
    boolean replayed(ReceivedFrame frame, boolean keyframe, long nowNanos) {
        long sequence = frame.head().sequence();
        following = keyframe || following && sequence == followed + 1;
        if (following) {
            followedAny = true;
            followed = sequence;
            askedNanos = nowNanos;
        }
        return following;
    }

    /** Whether this end is that of a replay that was followed from its keyframe on. */
    boolean complete() {
        return following;
    }

    /** Whether anything of a replay was of use. */
    boolean followedAny() {
        return followedAny;
    }

    /** Keeps a live frame until the replay is over. */
    void hold(ReceivedFrame frame) {
        if (heldBytes + frame.lengthBytes() > mostHeldBytes) {
            held.clear();
            heldBytes = 0;
        }
        held.add(frame);
        heldBytes += frame.lengthBytes();
    }

    /** Those that waited, in order; they are to be taken out. */
    Queue<ReceivedFrame> held() {
        return held;
    }

    /** What is to be asked for now, if anything: first the same again, then a keyframe, then both in turn, less often. */
    Ask ask(long nowNanos) {
        if (nowNanos - askedNanos < (unanswered < 2 ? ANSWER_NANOS : LATER_NANOS)) {
            return Ask.NOTHING;
        }
        askedNanos = nowNanos;
        unanswered++;
        return unanswered % 2 == 1 ? Ask.AGAIN : Ask.KEYFRAME;
    }

    /** How often nothing came in time. */
    int unanswered() {
        return unanswered;
    }
}

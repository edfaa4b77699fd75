package io.sdros.relay.nats;

import java.time.Duration;
import java.util.function.IntSupplier;

/**
 * How a stream from another machine is to be taken.
 *
 * @param keyframesNeeded whether a picture begins with a keyframe only
 * @param maxLag          how late frames may arrive before only keyframes are taken; zero: however late
 * @param headroomBytes   spare bytes in front of each frame
 * @param maxFrameBytes   the longest frame, header and payload; a longer one is left out
 * @param viewers         how many watch it; any thread
 */
public record EdgeStreamConfig(boolean keyframesNeeded, Duration maxLag, int headroomBytes, int maxFrameBytes, IntSupplier viewers) {

    /** Besides one frame of the longest kind. */
    private static final int WAITING_BYTES_BESIDES = 1 << 20;
    /** Live, of a replay, and the one that was made whole just now. */
    private static final int FRAMES_IN_HAND = 3;

    /** So much may wait to be looked at, and so much once more until a replay is over. */
    long waitingBytes() {
        return waitingBytes(maxFrameBytes);
    }

    private static long waitingBytes(int maxFrameBytes) {
        return (long) maxFrameBytes + WAITING_BYTES_BESIDES;
    }

    /** What a stream takes in bytes, whatever comes, until its frames are handed on. */
    public static long mostHeldBytes(int maxFrameBytes) {
        return 2 * waitingBytes(maxFrameBytes) + (long) FRAMES_IN_HAND * maxFrameBytes;
    }
}

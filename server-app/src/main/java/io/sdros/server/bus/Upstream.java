package io.sdros.server.bus;

import io.sdros.fanout.KeyframeRequestReason;
import io.sdros.server.rate.RateAdvice;
import java.util.function.Consumer;

/** Where one stream's encoder is told what its viewers need. Nothing here blocks. */
public interface Upstream {

    /**
     * Asks for a keyframe. Called on the stream's producer thread.
     *
     * @param fate told once, on any thread, unless this returns false: whether it was taken, as far as can be known
     * @return false if it could not be passed on
     */
    boolean requestKeyframe(KeyframeRequestReason reason, int clients, Consumer<Boolean> fate);

    /**
     * Says what the encoder should produce. Any thread.
     *
     * @return false if it could not be passed on
     */
    boolean adviseRate(RateAdvice advice);
}

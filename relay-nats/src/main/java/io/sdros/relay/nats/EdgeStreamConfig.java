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
}

package io.sdros.shm.reader;

import java.util.Optional;

/**
 * A frame from a {@link FrameQueue}.
 *
 * @param frame         the frame
 * @param discontinuity why it does not continue the one before it; empty if it does
 * @param missingFrames how many frames between the two were lost, withheld, or dropped for want of room
 */
public record QueuedFrame(Frame frame, Optional<Discontinuity> discontinuity, long missingFrames) {
}

package io.sdros.relay.nats;

/**
 * What was counted of a stream that goes out, since its start, and how it is now.
 *
 * @param published      frames
 * @param publishedBytes of them, header and payload
 * @param tooLong        frames that do not go into the messages a frame may have
 * @param edges          who want it now
 * @param replays        of the frames since the last keyframe, for one or more who joined
 * @param emptyReplays   for which there was nothing to send
 * @param windowClosings times that too much was on its way, and frames waited
 * @param malformed      messages that could not be read, or were too many
 * @param lagNanos       of the edge that acknowledges, as it says
 * @param rttNanos       likewise; 0 = not known
 * @param standby        whether another origin of this name publishes
 */
public record OriginStatistics(long published, long publishedBytes, long tooLong, int edges, long replays, long emptyReplays,
        long windowClosings, long malformed, long lagNanos, long rttNanos, boolean standby) {
}

package io.sdros.relay.nats;

import java.util.Map;

/**
 * What is counted of a stream from another machine.
 *
 * @param received      frames handed on
 * @param lost          frames not handed on, by where they were lost; all but those under {@code origin} had been published
 * @param foreign       frames of another origin than the one that is taken, or with a number that it cannot have reached
 * @param malformed     messages that are none of the relay's, or frames that are none
 * @param skips         times that only keyframes were taken from then on
 * @param joins         by how they went
 * @param lagNanos      how late the last frame was, measured against the earliest of a minute
 * @param roundTripNanos to the origin and back; negative if it is not known
 * @param wanted        whether origins are told that the stream is wanted
 */
public record EdgeStatistics(long received, Map<String, Long> lost, long foreign, long malformed, long skips, Map<String, Long> joins,
        long lagNanos, long roundTripNanos, boolean wanted) {
}

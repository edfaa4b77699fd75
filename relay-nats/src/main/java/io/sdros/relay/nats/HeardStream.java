package io.sdros.relay.nats;

/**
 * A stream that an origin says it has.
 *
 * @param title  for people; may be empty
 * @param state  of the origin's source
 * @param codec  of its frames: the number in their headers; 0 = not known yet
 * @param gating whether a picture begins with a keyframe only
 */
public record HeardStream(String name, String title, EdgeSource.State state, int codec, boolean gating) {
}

package io.sdros.relay.nats;

/**
 * What is known of the source of an origin's frames at one moment.
 *
 * @param codec of its frames: the number in their headers; 0 = not known. Once a frame has been published, what its header says
 *              is told instead
 */
public record OriginSource(SourceState state, int codec) {
}

package io.sdros.relay.nats;

/**
 * A frame that has come from another machine.
 *
 * @param array           spare bytes, frame header and payload, and nothing behind it; nobody else's
 * @param headerOffset    where the header begins
 * @param captureNanos    when the picture was taken, on this machine's clock; 0 = unknown
 * @param commitNanos     when the frame was committed, likewise
 * @param receivedNanos   when its last part came here
 * @param clockErrorNanos by how much the first two may be wrong at most
 */
public record EdgeFrame(byte[] array, int headerOffset, long captureNanos, long commitNanos, long receivedNanos, long clockErrorNanos) {
}

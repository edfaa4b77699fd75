package io.sdros.fanout;

/**
 * One published message, wrapped once and shared by every queue that holds it. Immutable; handed to other threads
 * through a queue or a replay only.
 *
 * @param index position in the stream, +1 per entry: the next entry continues this one iff its index is one higher
 * @param publishNanos the injected clock when it was published
 */
record Entry<M>(M message, long index, boolean keyframe, int sizeBytes, long publishNanos) {}

package io.sdros.fanout;

/**
 * One published message, wrapped once and shared by every queue that holds it. Immutable; handed to other threads
 * through a queue or a replay only.
 *
 * @param index position in the stream, +1 per entry: the next entry continues this one iff its index is one higher
 * @param needs the index of the newest entry before it that others may need; not looked at for a keyframe
 * @param publishNanos the injected clock when it was published
 */
record Entry<M>(M message, long index, long needs, boolean keyframe, boolean droppable, int sizeBytes, long publishNanos) {

    static <M> Entry<M> of(M message, long index, long needs, MessageKind kind, int sizeBytes, long publishNanos) {
        return new Entry<>(message, index, needs, kind == MessageKind.KEYFRAME, kind == MessageKind.DROPPABLE, sizeBytes, publishNanos);
    }
}

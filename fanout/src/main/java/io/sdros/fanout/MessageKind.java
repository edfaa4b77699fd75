package io.sdros.fanout;

/** What the other messages of a stream have to do with one. */
public enum MessageKind {
    /** It needs nothing before it. */
    KEYFRAME,
    /** It needs what came before it, and others may need it. */
    DELTA,
    /** It needs what came before it, and no other message needs it. */
    DROPPABLE
}

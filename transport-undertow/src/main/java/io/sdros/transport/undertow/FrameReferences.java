package io.sdros.transport.undertow;

/**
 * How a frame stands to those around it.
 *
 * @param droppable       whether no other frame refers to it
 * @param droppableBefore how many frames right before it are droppable: who has not got these can decode it as well
 */
public record FrameReferences(boolean droppable, int droppableBefore) {

    /** Any other may refer to it, and it to any other. */
    public static final FrameReferences UNKNOWN = new FrameReferences(false, 0);
}

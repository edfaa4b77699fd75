package io.sdros.shm.reader;

/** The two looks and the copy between them, as the shipped reader makes them, without what it does with the result. */
public final class Views {

    private final RegionView view;

    /** A view of the given region. */
    public Views(RegionSource source) {
        view = new RegionView(source);
    }

    /** Looks; answers the write length, or 0 if nothing is committed or the frame is being replaced. */
    public int look() {
        return view.look() && view.sequence() != 0 && view.holds(view.writeLength()) ? (int) view.writeLength() : 0;
    }

    /** Header and payload as they are now. */
    public byte[] copy(int lengthBytes) {
        byte[] copy = new byte[lengthBytes];
        view.copyFrame(copy, 0, lengthBytes);
        return copy;
    }

    /** Looks again. */
    public boolean unchangedSinceLook(byte[] copy) {
        return view.unchangedSince(view.sequence(), view.writeLength(), copy, 0);
    }
}

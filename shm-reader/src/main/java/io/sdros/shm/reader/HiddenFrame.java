package io.sdros.shm.reader;

import io.sdros.shm.protocol.FrameHeader;
import java.util.Optional;

/**
 * Tells a frame of a writer that has started over, unseen, and has come to the number of the last frame, from what was left
 * there before: a header that differs from it in two looks is believed. A writer that stopped in the middle of a frame looks
 * different: its header carries a new number.
 */
final class HiddenFrame {

    /** A header that came round again, seen once. */
    private Optional<FrameHeader> suspect = Optional.empty();
    /** The header in the region when it was given up. */
    private Optional<FrameHeader> givenUp = Optional.empty();

    /** A frame was read, or the writer has started over. */
    void forget() {
        suspect = Optional.empty();
        givenUp = Optional.empty();
    }

    /** @param header of what cannot be read */
    void gaveUp(Optional<FrameHeader> header) {
        suspect = Optional.empty();
        givenUp = header;
    }

    /** Whether something was given up; from now on, nothing was. */
    boolean takeGivenUp() {
        boolean was = givenUp.isPresent();
        givenUp = Optional.empty();
        return was;
    }

    /** Whether the header in the region, looked at now and then, is that of such a frame. */
    boolean seen(Optional<FrameHeader> header, Continuity continuity) {
        if (header.isEmpty()) {
            return false;
        }
        if (!continuity.numberCameRoundAgain(header.get()) || header.equals(givenUp)) {
            suspect = Optional.empty();
            return false;
        }
        boolean again = header.equals(suspect);
        suspect = header;
        return again;
    }
}

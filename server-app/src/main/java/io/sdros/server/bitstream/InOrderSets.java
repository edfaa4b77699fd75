package io.sdros.server.bitstream;

import java.util.Optional;

/**
 * Makes each SPS of H.264 in a unit say that pictures come in the order in which they are shown. Only for streams of
 * which that is true: {@link StreamInspector#inOrder}. To be used again and again, of one stream; one thread.
 */
public final class InOrderSets {

    private final NalCursor cursor = new NalCursor();
    private final InOrderSequence sequence = new InOrderSequence();

    /**
     * The unit from the given position to the end of the array, changed, behind a copy of what is in front of it; the same
     * array if there is nothing to change.
     */
    public byte[] in(byte[] array, int offset) {
        byte[] unit = array;
        cursor.over(unit, offset, unit.length - offset);
        while (cursor.next()) {
            NalRole role = H264Syntax.SOME.role(unit, cursor.start());
            if (role.slice()) {
                break;
            }
            if (role == NalRole.SPS && cursor.complete()) {
                int start = cursor.start();
                Optional<byte[]> changed = sequence.of(unit, start, cursor.end());
                if (changed.isPresent()) {
                    unit = replaced(unit, start, cursor.end(), changed.get());
                    int behind = start + changed.get().length;
                    cursor.over(unit, behind, unit.length - behind);
                }
            }
        }
        return unit;
    }

    private static byte[] replaced(byte[] array, int start, int end, byte[] other) {
        byte[] result = new byte[array.length - (end - start) + other.length];
        System.arraycopy(array, 0, result, 0, start);
        System.arraycopy(other, 0, result, start, other.length);
        System.arraycopy(array, end, result, start + other.length, array.length - end);
        return result;
    }
}

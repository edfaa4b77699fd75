package io.sdros.server.bitstream;

/**
 * Makes a CRA picture of HEVC a BLA picture where it is (Rec. ITU-T H.265, 3.15): the same picture, of which decoders know
 * that what came before it is not what it was coded after. They then leave out the pictures behind it that refer to
 * what is missing (RASL), and would be wrong without a word.
 */
final class BrokenLink {

    private static final int START_CODE_BYTES = 3;
    private static final int TYPE_MASK = 0x7e;
    private static final int CRA = 21 << 1;
    private static final int BLA_WITH_LEADING = 16 << 1;

    private BrokenLink() {
    }

    /** All slices, wherever they are: those of one picture have to be of one type. */
    static void mark(byte[] array, int from) {
        int last = array.length - START_CODE_BYTES - 1;
        for (int i = from; i <= last; i++) {
            if (array[i + 2] > 1 || array[i + 2] < 0) {
                i += 2;
            } else if (array[i + 2] == 1 && array[i] == 0 && array[i + 1] == 0) {
                int nal = i + START_CODE_BYTES;
                if ((array[nal] & TYPE_MASK) == CRA) {
                    array[nal] = (byte) (array[nal] & ~TYPE_MASK | BLA_WITH_LEADING);
                }
            }
        }
    }
}

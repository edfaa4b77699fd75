package io.sdros.server.bitstream;

/** Units whose NAL units stand behind their lengths in four bytes, as MP4 files and Apple's and Android's encoders have them. */
final class LengthPrefixed {

    private static final int LENGTH_BYTES = 4;
    private static final int MOST_NAL_UNITS = NalCursor.MOST_BYTES / LENGTH_BYTES;
    private static final int FORBIDDEN_BIT = 0x80;

    private LengthPrefixed() {
    }

    /** How many NAL units there are if all lengths add up exactly to the unit; 0 if they do not. */
    static int count(byte[] array, int offset, int lengthBytes, int headerBytes) {
        int end = offset + lengthBytes;
        int units = 0;
        int at = offset;
        while (at < end) {
            if (end - at < LENGTH_BYTES + headerBytes || units == MOST_NAL_UNITS) {
                return 0;
            }
            int length = length(array, at);
            if (length < headerBytes || length > end - at - LENGTH_BYTES
                    || (array[at + LENGTH_BYTES] & FORBIDDEN_BIT) != 0) {
                return 0;
            }
            at += LENGTH_BYTES + length;
            units++;
        }
        return units;
    }

    /** Replaces each length by a start code, which has as many bytes. Only after {@link #count} found some. */
    static void toAnnexB(byte[] array, int offset, int lengthBytes) {
        int end = offset + lengthBytes;
        int at = offset;
        while (at < end) {
            int length = length(array, at);
            array[at] = 0;
            array[at + 1] = 0;
            array[at + 2] = 0;
            array[at + 3] = 1;
            at += LENGTH_BYTES + length;
        }
    }

    private static int length(byte[] array, int at) {
        return (array[at] & 0xff) << 24 | (array[at + 1] & 0xff) << 16 | (array[at + 2] & 0xff) << 8
                | array[at + 3] & 0xff;
    }
}

package io.sdros.server.bitstream;

/** The messages of a SEI NAL unit, which look alike in both codecs. */
final class SeiMessages {

    private static final int MORE = 0xff;
    /** More than any encoder puts into one NAL unit; the last byte of the content is no message. */
    private static final int MOST_MESSAGES = 32;

    private SeiMessages() {
    }

    /** Whether a message of that type is among them. */
    static boolean has(int type, Rbsp bits) {
        for (int i = 0; i < MOST_MESSAGES && bits.intact(); i++) {
            int found = sum(bits);
            int sizeBytes = sum(bits);
            if (!bits.intact()) {
                return false;
            }
            if (found == type) {
                return true;
            }
            bits.skip(sizeBytes * Byte.SIZE);
        }
        return false;
    }

    private static int sum(Rbsp bits) {
        int sum = 0;
        int value = MORE;
        while (value == MORE && bits.intact()) {
            value = bits.bits(Byte.SIZE);
            sum += value;
        }
        return sum;
    }
}

package io.sdros.server.bitstream;

/**
 * The shape of a pixel; 0 by 0 where it is not said. The numbered ones are those of table E-1 of both standards.
 */
record PixelShape(int width, int height) {

    static final PixelShape UNKNOWN = new PixelShape(0, 0);

    private static final int EXTENDED = 255;
    private static final int[] WIDTHS = {0, 1, 12, 10, 16, 40, 24, 20, 32, 80, 18, 15, 64, 160, 4, 3, 2};
    private static final int[] HEIGHTS = {0, 1, 11, 11, 11, 33, 11, 11, 11, 33, 11, 11, 33, 99, 3, 2, 1};

    /** Reads how the usability information begins in both standards: shape, overscan, colours, chroma positions. */
    static PixelShape readWithColours(Rbsp bits) {
        PixelShape shape = bits.flag() ? read(bits) : UNKNOWN;
        if (bits.flag()) {
            bits.skip(1);
        }
        if (bits.flag()) {
            bits.skip(4);
            if (bits.flag()) {
                bits.skip(24);
            }
        }
        if (bits.flag()) {
            bits.code();
            bits.code();
        }
        return shape;
    }

    private static PixelShape read(Rbsp bits) {
        int index = bits.bits(8);
        if (index == EXTENDED) {
            int width = bits.bits(16);
            return new PixelShape(width, bits.bits(16));
        }
        return index < WIDTHS.length ? new PixelShape(WIDTHS[index], HEIGHTS[index]) : UNKNOWN;
    }
}

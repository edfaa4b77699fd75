package io.sdros.server.bitstream;

/** The shapes of a pixel that both standards number, table E-1 of each: width and height by {@code aspect_ratio_idc}. */
final class PixelShapes {

    static final int EXTENDED = 255;

    private static final int[] WIDTHS = {0, 1, 12, 10, 16, 40, 24, 20, 32, 80, 18, 15, 64, 160, 4, 3, 2};
    private static final int[] HEIGHTS = {0, 1, 11, 11, 11, 33, 11, 11, 11, 33, 11, 11, 33, 99, 3, 2, 1};

    private PixelShapes() {
    }

    /** 0 where there is none of that number. */
    static int width(int index) {
        return index < WIDTHS.length ? WIDTHS[index] : 0;
    }

    /** 0 where there is none of that number. */
    static int height(int index) {
        return index < HEIGHTS.length ? HEIGHTS[index] : 0;
    }
}

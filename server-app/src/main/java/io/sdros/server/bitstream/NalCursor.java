package io.sdros.server.bitstream;

/**
 * Goes through the NAL units of a unit in Annex B format. No byte is looked at more than twice: where a NAL unit ends
 * is looked for only if somebody asks, or goes on to the next one. To be used again and again; one thread.
 */
final class NalCursor {

    /** Of each unit so many bytes are looked at and no more. */
    static final int MOST_BYTES = 64 * 1024;

    private static final int START_CODE_BYTES = 3;
    private static final int NONE = Integer.MAX_VALUE;

    private byte[] array = {};
    private int limit;
    private int start;
    /** Where the first byte after the next start code is; 0 = not looked for yet. */
    private int next;
    /** Where the zeros before the next start code begin, or the limit. */
    private int end;
    private long examined;
    private boolean cut;

    /** Begins in front of the first NAL unit, which need not follow at once. */
    void over(byte[] bytes, int offset, int lengthBytes) {
        array = bytes;
        cut = lengthBytes > MOST_BYTES;
        limit = offset + Math.min(lengthBytes, MOST_BYTES);
        start = offset;
        next = 0;
    }

    /** Moves to the next NAL unit with at least one byte; false if there is none, as far as may be looked. */
    boolean next() {
        if (next == 0) {
            find();
        }
        if (next >= limit) {
            return false;
        }
        start = next;
        next = 0;
        return true;
    }

    /** Where the NAL unit begins, with its header. */
    int start() {
        return start;
    }

    /** Where its last byte ends; trailing zeros do not belong to it. */
    int end() {
        if (next == 0) {
            find();
        }
        return end;
    }

    /** Whether {@link #end} is where the NAL unit ends, not only as far as may be looked. */
    boolean complete() {
        end();
        return next != NONE || !cut;
    }

    /**
     * Where something put behind this NAL unit begins: before the start code of the next one, of which at most one zero
     * is before the last two; or where the unit ends.
     */
    int behind() {
        end();
        return next >= limit ? limit : Math.max(end, next - START_CODE_BYTES - 1);
    }

    /** One position behind what may be looked at. */
    int limit() {
        return limit;
    }

    /** Whether there is more than may be looked at. */
    boolean cut() {
        return cut;
    }

    /** How many bytes were looked at for start codes since this was made. */
    long examinedBytes() {
        return examined;
    }

    private void find() {
        byte[] bytes = array;
        int i = start;
        int last = limit - START_CODE_BYTES;
        while (i <= last) {
            int third = bytes[i + 2];
            if (third > 1 || third < 0) {
                i += START_CODE_BYTES;
            } else if (third == 0) {
                i++;
            } else if (bytes[i] == 0 && bytes[i + 1] == 0) {
                examined += i + START_CODE_BYTES - start;
                next = i + START_CODE_BYTES;
                end = withoutZeros(i);
                return;
            } else {
                i += START_CODE_BYTES;
            }
        }
        examined += Math.max(0, limit - start);
        next = NONE;
        end = withoutZeros(limit);
    }

    private int withoutZeros(int to) {
        int last = to;
        while (last > start && array[last - 1] == 0) {
            last--;
        }
        examined += to - last;
        return last;
    }
}

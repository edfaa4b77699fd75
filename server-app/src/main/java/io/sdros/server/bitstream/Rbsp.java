package io.sdros.server.bitstream;

/**
 * Reads bits of a NAL unit, past its emulation prevention bytes. Beyond the end it reads zeros and remembers it, so
 * that a parser checks {@link #intact} once, at the end. To be used again and again; one thread.
 */
final class Rbsp {

    /** Codes of more leading zeros exceed 32 bits, and no syntax element has them. */
    private static final int MOST_LEADING_ZEROS = 31;
    private static final int EMULATION_PREVENTION = 3;

    private byte[] array = {};
    private int at;
    private int end;
    private int zeros;
    private int current;
    private int bitsLeft;
    private int bytesRead;
    private boolean intact;

    /** Begins at a byte of a NAL unit that is not within its first two zeros' reach: behind its header. */
    Rbsp over(byte[] bytes, int from, int to) {
        array = bytes;
        at = from;
        end = to;
        zeros = 0;
        bitsLeft = 0;
        bytesRead = 0;
        intact = true;
        return this;
    }

    /** Whether all that was read was there, and every code had a value. */
    boolean intact() {
        return intact;
    }

    /** How many bits were read, emulation prevention apart. */
    int bitsRead() {
        return bytesRead * Byte.SIZE - bitsLeft;
    }

    boolean flag() {
        if (bitsLeft == 0 && !nextByte()) {
            return false;
        }
        bitsLeft--;
        return (current >> bitsLeft & 1) != 0;
    }

    private boolean nextByte() {
        if (zeros >= 2 && at < end && array[at] == EMULATION_PREVENTION) {
            at++;
            zeros = 0;
        }
        if (at >= end) {
            intact = false;
            return false;
        }
        current = array[at++] & 0xff;
        bytesRead++;
        zeros = current == 0 ? zeros + 1 : 0;
        bitsLeft = Byte.SIZE;
        return true;
    }

    /** At most 32 bits, the first one highest. */
    int bits(int count) {
        int value = 0;
        for (int i = 0; i < count && intact; i++) {
            value = value << 1 | (flag() ? 1 : 0);
        }
        return value;
    }

    void skip(int count) {
        int left = count;
        while (left > 0 && intact) {
            if (bitsLeft == 0 && left >= Byte.SIZE && nextByte()) {
                bitsLeft = 0;
                left -= Byte.SIZE;
            } else {
                flag();
                left--;
            }
        }
    }

    /** An unsigned Exp-Golomb code; one beyond {@code most} counts as damage and reads as 0. */
    int code(int most) {
        int leadingZeros = 0;
        while (intact && !flag()) {
            if (++leadingZeros > MOST_LEADING_ZEROS) {
                intact = false;
            }
        }
        if (!intact) {
            return 0;
        }
        long value = (1L << leadingZeros) - 1 + Integer.toUnsignedLong(bits(leadingZeros));
        if (value > most) {
            intact = false;
            return 0;
        }
        return (int) value;
    }

    /** An unsigned Exp-Golomb code of any value that fits. */
    int code() {
        return code(Integer.MAX_VALUE);
    }

    /** A signed Exp-Golomb code. */
    int signedCode() {
        int code = code();
        return (code & 1) == 0 ? -(code >>> 1) : (code >>> 1) + 1;
    }
}

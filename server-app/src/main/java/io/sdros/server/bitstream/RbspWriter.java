package io.sdros.server.bitstream;

import java.util.Arrays;

/** Writes the content of a NAL unit bit by bit. For small ones; one thread. */
final class RbspWriter {

    private static final int EMULATION_PREVENTION = 3;
    private static final int FIRST_BYTES = 64;

    private byte[] bytes = new byte[FIRST_BYTES];
    private int length;
    private int zeros;
    private int current;
    private int bitsFree = Byte.SIZE;

    /** A byte of the header, which is written as it is. */
    RbspWriter header(byte value) {
        append(value);
        return this;
    }

    RbspWriter flag(boolean set) {
        current = current << 1 | (set ? 1 : 0);
        if (--bitsFree == 0) {
            byteEnds();
        }
        return this;
    }

    private void byteEnds() {
        if (zeros >= 2 && current <= EMULATION_PREVENTION) {
            append((byte) EMULATION_PREVENTION);
            zeros = 0;
        }
        append((byte) current);
        zeros = current == 0 ? zeros + 1 : 0;
        current = 0;
        bitsFree = Byte.SIZE;
    }

    private void append(byte value) {
        if (length == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * length);
        }
        bytes[length++] = value;
    }

    /** An unsigned Exp-Golomb code. */
    RbspWriter code(int value) {
        long coded = value + 1L;
        int bits = Long.SIZE - Long.numberOfLeadingZeros(coded);
        for (int i = 1; i < bits; i++) {
            flag(false);
        }
        for (int i = bits - 1; i >= 0; i--) {
            flag((coded >> i & 1) != 0);
        }
        return this;
    }

    /** So many bits of another content, from where that is read. */
    RbspWriter bitsOf(Rbsp other, int count) {
        for (int i = 0; i < count; i++) {
            flag(other.flag());
        }
        return this;
    }

    /** The NAL unit, ended as the standard has it. */
    byte[] end() {
        flag(true);
        while (bitsFree < Byte.SIZE) {
            flag(false);
        }
        return Arrays.copyOf(bytes, length);
    }
}

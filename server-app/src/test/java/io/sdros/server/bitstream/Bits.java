package io.sdros.server.bitstream;

import java.io.ByteArrayOutputStream;

/** Writes the content of a NAL unit bit by bit, and adds emulation prevention at the end. */
final class Bits {

    private final StringBuilder bits = new StringBuilder();

    Bits put(int count, int value) {
        for (int i = count - 1; i >= 0; i--) {
            bits.append(value >> i & 1);
        }
        return this;
    }

    /** Unsigned Exp-Golomb. */
    Bits code(int value) {
        int length = Integer.SIZE - Integer.numberOfLeadingZeros(value + 1);
        return put(length - 1, 0).put(length, value + 1);
    }

    /** The NAL unit with that header, closed by a stop bit. */
    byte[] nal(int... header) {
        StringBuilder whole = new StringBuilder(bits).append('1');
        whole.append("0".repeat(-whole.length() & 7));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int b : header) {
            bytes.write(b);
        }
        int zeros = 0;
        for (int i = 0; i < whole.length(); i += 8) {
            int value = Integer.parseInt(whole.substring(i, i + 8), 2);
            if (zeros == 2 && value <= 3) {
                bytes.write(3);
                zeros = 0;
            }
            bytes.write(value);
            zeros = value == 0 ? zeros + 1 : 0;
        }
        return bytes.toByteArray();
    }
}

package io.sdros.server.bitstream;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** NAL units made by hand from the standards' syntax tables, and units made of them. */
final class Units {

    static final byte[] DELIMITER = {9, (byte) 0xf0};
    static final byte[] END_OF_SEQUENCE = {10};
    /** SEI with a recovery point, recovery_frame_cnt 29, behind a message of another type. */
    static final byte[] RECOVERY = {6, 5, 2, 0x11, 0x22, 6, 2, 0x07, (byte) 0x84, (byte) 0x80};
    static final byte[] HEVC_DELIMITER = {70, 1, 0x50};

    private Units() {
    }

    /** Baseline, so many macroblocks. */
    static byte[] sps(int id, int widthUnits, int heightUnits) {
        return new Bits().put(8, 66).put(8, 0).put(8, 31).code(id).code(0).code(2).code(1).put(1, 0).code(widthUnits - 1)
                .code(heightUnits - 1).put(1, 1).put(1, 1).put(1, 0).put(1, 0).nal(0x67);
    }

    /** Main, with fields, and no word about the order of the pictures. */
    static byte[] fieldSps(int id) {
        return new Bits().put(8, 77).put(8, 0).put(8, 31).code(id).code(0).code(2).code(1).put(1, 0).code(44).code(17)
                .put(1, 0).put(1, 0).put(1, 1).put(1, 0).put(1, 0).nal(0x67);
    }

    static byte[] pps(int id, int sps) {
        return pps(id, sps, 0);
    }

    /** @param qp one of its values, so that there are PPS with the same ids and another content */
    static byte[] pps(int id, int sps, int qp) {
        return new Bits().code(id).code(sps).put(2, 0).code(0).code(0).code(0).put(3, 0).code(qp).nal(0x68);
    }

    static byte[] idr(int firstMacroblock, int pps) {
        return new Bits().code(firstMacroblock).code(7).code(pps).put(32, 0x5a5a5a5a).nal(0x65);
    }

    /** @param sliceType 0 P, 1 B, 2 I */
    static byte[] slice(int firstMacroblock, int sliceType, int pps) {
        return new Bits().code(firstMacroblock).code(sliceType).code(pps).put(32, 0x6b6b6b6b).nal(0x41);
    }

    static byte[] unreferenced(int pps) {
        return new Bits().code(0).code(0).code(pps).put(32, 0x6b6b6b6b).nal(0x01);
    }

    static byte[] hevcVps(int id) {
        return new Bits().put(4, id).put(2, 3).put(6, 0).put(4, 1).put(16, 0xffff).nal(64, 1);
    }

    /** Main, 8 bits, without anything optional. */
    static byte[] hevcSps(int id, int vps, int width, int height) {
        Bits bits = new Bits().put(4, vps).put(3, 0).put(1, 1).put(8, 1);
        for (int i = 0; i < 10; i++) {
            bits.put(8, 0);
        }
        bits.put(8, 93).code(id).code(1).code(width).code(height).put(1, 0).code(0).code(0).code(4).put(1, 1)
                .code(1).code(0).code(0);
        for (int i = 0; i < 6; i++) {
            bits.code(0);
        }
        return bits.put(1, 0).put(2, 0).put(1, 0).code(0).put(1, 0).put(2, 0).put(1, 0).put(1, 0).nal(66, 1);
    }

    static byte[] hevcPps(int id, int sps) {
        return new Bits().code(id).code(sps).put(16, 0x1234).nal(68, 1);
    }

    static byte[] hevcSlice(int type, boolean first, int pps) {
        Bits bits = new Bits().put(1, first ? 1 : 0);
        if (type >= 16 && type <= 23) {
            bits.put(1, 0);
        }
        return bits.code(pps).put(32, 0x5a5a5a5a).nal(type << 1, 1);
    }

    /** Each behind a start code of four bytes. */
    static byte[] annexB(byte[]... nalUnits) {
        return with(new byte[] {0, 0, 0, 1}, nalUnits);
    }

    /** Each behind a start code of three bytes. */
    static byte[] shortCodes(byte[]... nalUnits) {
        return with(new byte[] {0, 0, 1}, nalUnits);
    }

    static byte[] with(byte[] startCode, byte[]... nalUnits) {
        ByteArrayOutputStream unit = new ByteArrayOutputStream();
        for (byte[] nal : nalUnits) {
            unit.writeBytes(startCode);
            unit.writeBytes(nal);
        }
        return unit.toByteArray();
    }

    static byte[] lengthPrefixed(byte[]... nalUnits) {
        ByteArrayOutputStream unit = new ByteArrayOutputStream();
        for (byte[] nal : nalUnits) {
            unit.writeBytes(ByteBuffer.allocate(4).putInt(nal.length).array());
            unit.writeBytes(nal);
        }
        return unit.toByteArray();
    }

    static byte[] joined(byte[]... parts) {
        return with(new byte[0], parts);
    }
}

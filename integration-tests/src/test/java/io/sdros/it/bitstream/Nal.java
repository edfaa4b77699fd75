package io.sdros.it.bitstream;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/** One NAL unit, and streams of them taken apart and put together again, as encoders do it. */
record Nal(byte[] bytes, boolean hevc) {

    /** The NAL units of a stream in Annex B format. */
    static List<Nal> split(byte[] stream, boolean hevc) {
        List<Nal> units = new ArrayList<>();
        int begin = -1;
        for (int i = 0; i + 2 < stream.length; i++) {
            if (stream[i] == 0 && stream[i + 1] == 0 && stream[i + 2] == 1) {
                add(units, stream, begin, i, hevc);
                begin = i + 3;
                i += 2;
            }
        }
        add(units, stream, begin, stream.length, hevc);
        return units;
    }

    private static void add(List<Nal> units, byte[] stream, int begin, int end, boolean hevc) {
        int last = end;
        while (last > begin && begin >= 0 && stream[last - 1] == 0) {
            last--;
        }
        if (begin >= 0 && last > begin) {
            units.add(new Nal(Arrays.copyOfRange(stream, begin, last), hevc));
        }
    }

    /** The access units of a stream that has a delimiter in front of each. */
    static List<List<Nal>> pictures(byte[] stream, boolean hevc) {
        List<List<Nal>> pictures = new ArrayList<>();
        for (Nal nal : split(stream, hevc)) {
            if (nal.delimiter()) {
                pictures.add(new ArrayList<>());
            }
            pictures.get(pictures.size() - 1).add(nal);
        }
        return pictures;
    }

    int type() {
        return hevc ? bytes[0] >> 1 & 0x3f : bytes[0] & 0x1f;
    }

    boolean delimiter() {
        return type() == (hevc ? 35 : 9);
    }

    boolean parameterSet() {
        return hevc ? type() >= 32 && type() <= 34 : type() == 7 || type() == 8;
    }

    boolean keySlice() {
        return hevc ? type() >= 16 && type() <= 21 : type() == 5;
    }

    boolean slice() {
        return hevc ? type() < 32 : type() >= 1 && type() <= 5;
    }

    static boolean keyframe(List<Nal> picture) {
        return picture.stream().anyMatch(Nal::keySlice);
    }

    static List<Nal> only(List<Nal> picture, Predicate<Nal> which) {
        return picture.stream().filter(which).toList();
    }

    static byte[] annexB(List<Nal> units) {
        return joined(units, 0);
    }

    /** Each behind its length. */
    static byte[] lengthPrefixed(List<Nal> units) {
        return joined(units, 1);
    }

    private static byte[] joined(List<Nal> units, int prefixed) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (Nal nal : units) {
            bytes.writeBytes(ByteBuffer.allocate(4).putInt(prefixed == 1 ? nal.bytes.length : 1).array());
            bytes.writeBytes(nal.bytes);
        }
        return bytes.toByteArray();
    }
}

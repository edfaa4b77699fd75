package io.sdros.it.bitfuzz;

/** Whether a payload in Annex B format begins a keyframe, read bit by bit from texts of zeros and ones. */
final class SlowReading {

    private final byte[] payload;
    private final boolean hevc;

    SlowReading(byte[] payload, boolean hevc) {
        this.payload = payload;
        this.hevc = hevc;
    }

    boolean keyframe() {
        for (int i = 0; i + 3 < payload.length; i++) {
            if (payload[i] == 0 && payload[i + 1] == 0 && payload[i + 2] == 1 && slice(i + 3)) {
                return key(i + 3) && begins(i + 3);
            }
        }
        return false;
    }

    private int type(int nal) {
        return hevc ? payload[nal] >> 1 & 0x3f : payload[nal] & 0x1f;
    }

    private boolean slice(int nal) {
        if (payload[nal] < 0 || hevc && (nal + 1 == payload.length || (payload[nal] & 1) != 0 || (payload[nal + 1] & 0xf8) != 0
                || (payload[nal + 1] & 7) == 0)) {
            return false;
        }
        int type = type(nal);
        return hevc ? type <= 9 || type >= 16 && type <= 21 : type == 1 || type == 2 || type == 5;
    }

    private boolean key(int nal) {
        return hevc ? type(nal) >= 16 : type(nal) == 5;
    }

    /** Whether the slice begins a picture; one whose beginning cannot be read is taken for one that does. */
    private boolean begins(int nal) {
        StringBuilder bits = new StringBuilder();
        int zeros = 0;
        for (int i = nal + (hevc ? 2 : 1); i < payload.length; i++) {
            int value = payload[i] & 0xff;
            if (zeros >= 2 && value == 3) {
                zeros = 0;
                continue;
            }
            zeros = value == 0 ? zeros + 1 : 0;
            bits.append(Integer.toBinaryString(256 + value).substring(1));
        }
        if (hevc) {
            String rest = bits.length() > 2 ? bits.substring(2) : "";
            return code(rest, 0, 63) < 0 || bits.charAt(0) == '1';
        }
        int first = code(bits.toString(), 0, Integer.MAX_VALUE);
        int type = first < 0 ? -1 : code(bits.toString(), first, 9);
        int pps = type < 0 ? -1 : code(bits.toString(), type, 255);
        return pps < 0 || bits.charAt(0) == '1';
    }

    /** Where the Exp-Golomb code ends that begins there; -1 if it does not end or is too large. */
    private static int code(String bits, int at, int most) {
        int one = bits.indexOf('1', at);
        int zeros = one - at;
        if (one < 0 || zeros > 31 || one + zeros + 1 > bits.length()) {
            return -1;
        }
        return Long.parseLong(bits.substring(one, one + zeros + 1), 2) - 1 > most ? -1 : one + zeros + 1;
    }
}

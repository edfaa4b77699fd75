package io.sdros.it.bitfuzz;

import io.sdros.server.bitstream.BitstreamCondition;
import io.sdros.server.bitstream.StreamInspector;
import io.sdros.shm.protocol.Codecs;
import java.util.Arrays;

/**
 * What the fuzzer calls: takes its bytes for the payloads of one stream, and checks what the inspector makes of each
 * against what the standards say, worked out here a second time and without regard to the time it takes.
 *
 * <pre>
 *   byte 0   bit 0 HEVC instead of H.264, bit 1 nothing is to be inserted
 *   then, again and again: u8 flag (bit 0 keyframe), u16 length, little-endian, so many bytes of payload
 * </pre>
 */
public final class PayloadFuzzer {

    private static final int FRONT = 5;

    private final boolean hevc;
    private final boolean insert;
    private final StreamInspector inspector;

    private PayloadFuzzer(int options) {
        hevc = (options & 1) != 0;
        insert = (options & 2) == 0;
        inspector = new StreamInspector(insert);
    }

    /** The entry point Jazzer looks for. Throws {@link IllegalStateException} if something is not as documented. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        PayloadFuzzer fuzzer = new PayloadFuzzer(input[0]);
        int at = 1;
        while (at + 3 <= input.length) {
            boolean flagged = (input[at] & 1) != 0;
            int length = Math.min((input[at + 1] & 0xff) + ((input[at + 2] & 0xff) << 8), input.length - at - 3);
            fuzzer.payload(Arrays.copyOfRange(input, at + 3, at + 3 + length), flagged);
            at += 3 + length;
        }
    }

    private void payload(byte[] payload, boolean flagged) {
        byte[] array = new byte[FRONT + payload.length + 1];
        Arrays.fill(array, (byte) 1);
        System.arraycopy(payload, 0, array, FRONT, payload.length);
        inspector.inspect(array, FRONT, payload.length, hevc ? Codecs.HEVC : Codecs.H264, flagged);
        byte[] inPlace = Arrays.copyOfRange(array, FRONT, FRONT + payload.length);
        check(array[FRONT - 1] == 1 && array[FRONT + payload.length] == 1, "bytes beside the payload were changed");
        check(inspector.converted() || Arrays.equals(payload, inPlace), "the payload was changed");
        boolean unknown = (inspector.conditions() & BitstreamCondition.NOT_ANNEX_B.bit()) != 0;
        boolean keyframe = inspector.keyframe();
        check(keyframe == (unknown ? flagged : new SlowReading(inPlace, hevc).keyframe()), "keyframe: " + keyframe);
        check(!keyframe || !inspector.setsAlone(), "a keyframe without a picture");
        int inserted = inspector.insertedBytes();
        check(inserted >= 0 && (insert || inserted == 0), "inserted " + inserted);
        if (inserted > 0) {
            completed(array, payload.length, inserted, keyframe);
        }
    }

    /** What was inserted lacks nothing any more, and all that was there is there in its order. */
    private void completed(byte[] array, int length, int inserted, boolean keyframe) {
        byte[] whole = new byte[length + inserted];
        inspector.copyCompleted(array, FRONT, length, whole, 0);
        int matched = 0;
        for (int i = 0; i < whole.length && matched < length; i++) {
            if (whole[i] == array[FRONT + matched]) {
                matched++;
            }
        }
        check(matched == length, "bytes are missing");
        inspector.inspect(whole, 0, whole.length, hevc ? Codecs.HEVC : Codecs.H264, keyframe);
        check(inspector.insertedBytes() == 0, "something still lacks");
        check(inspector.keyframe() == keyframe, "no keyframe any more");
        check((inspector.conditions() & BitstreamCondition.NO_PARAMETER_SETS.bit()) == 0 || !keyframe,
                "parameter sets are missed");
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }
}

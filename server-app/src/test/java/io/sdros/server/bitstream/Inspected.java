package io.sdros.server.bitstream;

import io.sdros.shm.protocol.Codecs;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/** A stream's inspector, given units one by one somewhere in a larger array, as the reader does. */
final class Inspected {

    private static final int FRONT = 43;
    private static final int BEHIND = 7;

    final StreamInspector inspector;
    private final int codec;
    private byte[] array = {};
    private int lengthBytes;

    private Inspected(int codec, boolean insert) {
        this.codec = codec;
        inspector = new StreamInspector(insert);
    }

    static Inspected h264() {
        return new Inspected(Codecs.H264, true);
    }

    static Inspected hevc() {
        return new Inspected(Codecs.HEVC, true);
    }

    static Inspected of(int codec, boolean insert) {
        return new Inspected(codec, insert);
    }

    /** A unit whose flag says so. */
    Inspected flagged(byte[] unit) {
        return inspect(unit, true);
    }

    Inspected plain(byte[] unit) {
        return inspect(unit, false);
    }

    Inspected inspect(byte[] unit, boolean flagged) {
        array = new byte[FRONT + unit.length + BEHIND];
        // What lies around a unit must not be taken for a part of it.
        Arrays.fill(array, (byte) 1);
        System.arraycopy(unit, 0, array, FRONT, unit.length);
        lengthBytes = unit.length;
        inspector.inspect(array, FRONT, lengthBytes, codec, flagged);
        return this;
    }

    boolean keyframe() {
        return inspector.keyframe();
    }

    Set<BitstreamCondition> conditions() {
        Set<BitstreamCondition> conditions = EnumSet.noneOf(BitstreamCondition.class);
        for (BitstreamCondition condition : BitstreamCondition.values()) {
            if ((inspector.conditions() & condition.bit()) != 0) {
                conditions.add(condition);
            }
        }
        return conditions;
    }

    /** The unit as viewers get it. */
    byte[] completed() {
        byte[] result = new byte[3 + lengthBytes + inspector.insertedBytes()];
        inspector.copyCompleted(array, FRONT, lengthBytes, result, 3);
        return Arrays.copyOfRange(result, 3, result.length);
    }

    /** The unit where it is. */
    byte[] inPlace() {
        return Arrays.copyOfRange(array, FRONT, FRONT + lengthBytes);
    }
}

package io.sdros.server.bitstream;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The parameter sets of a stream by id, the latest content of each. A changed SPS takes the PPS with it that name it,
 * as it does in decoders: they were written for the one before. One thread.
 */
final class ParameterSets {

    static final int MOST_VPS = 16;
    static final int MOST_SPS = 32;
    static final int MOST_PPS = 256;
    /** What is longer is not kept: real ones have some dozen bytes, or a thousand with scaling lists. */
    static final int MOST_BYTES = 4096;

    private static final int NONE = -1;
    private static final byte[] ABSENT = {};
    private static final byte[] START_CODE = {0, 0, 0, 1};

    private final NalSyntax syntax;
    private final byte[][] videoSets = absent(MOST_VPS);
    private final byte[][] sequenceSets = absent(MOST_SPS);
    private final byte[][] pictureSets = absent(MOST_PPS);
    private final int[] sequenceOf = new int[MOST_PPS];
    private final int[] videoOf = new int[MOST_SPS];
    private final List<Optional<SequenceInfo>> sequences =
            new ArrayList<>(Collections.nCopies(MOST_SPS, Optional.empty()));

    ParameterSets(NalSyntax syntax) {
        this.syntax = syntax;
    }

    private static byte[][] absent(int count) {
        byte[][] sets = new byte[count][];
        Arrays.fill(sets, ABSENT);
        return sets;
    }

    /**
     * Takes note of the set between two positions of an array; allocates only if its content is new.
     *
     * @return whether whoever misses it may miss something: what has this content already is known to be the same
     */
    boolean learn(NalRole role, byte[] array, int start, int end, Rbsp bits, UnitSets inUnit) {
        bits.over(array, start + syntax.headerBytes(), end);
        return switch (role) {
            case VPS -> learnVideoSet(array, start, end, bits, inUnit);
            case SPS -> learnSequenceSet(array, start, end, bits, inUnit);
            default -> learnPictureSet(array, start, end, bits, inUnit);
        };
    }

    private boolean learnVideoSet(byte[] array, int start, int end, Rbsp bits, UnitSets inUnit) {
        int id = bits.bits(4);
        if (!bits.intact()) {
            return true;
        }
        inUnit.add(NalRole.VPS, id);
        return changed(videoSets, id, array, start, end);
    }

    private boolean learnSequenceSet(byte[] array, int start, int end, Rbsp bits, UnitSets inUnit) {
        int id = syntax.sequenceId(bits);
        if (id == NONE) {
            return true;
        }
        inUnit.add(NalRole.SPS, id);
        boolean known = sequenceSets[id] != ABSENT;
        if (!changed(sequenceSets, id, array, start, end)) {
            return false;
        }
        for (int i = 0; known && i < MOST_PPS; i++) {
            if (pictureSets[i] != ABSENT && sequenceOf[i] == id) {
                pictureSets[i] = ABSENT;
            }
        }
        videoOf[id] = syntax.videoSetId(sequenceSets[id]);
        sequences.set(id, syntax.sequence(bits.over(array, start + syntax.headerBytes(), end)));
        return true;
    }

    private boolean learnPictureSet(byte[] array, int start, int end, Rbsp bits, UnitSets inUnit) {
        int id = syntax.pictureSetId(bits);
        int sequence = syntax.sequenceIdAfterPictureSetId(bits);
        if (id == NONE || sequence == NONE) {
            return true;
        }
        inUnit.add(NalRole.PPS, id);
        sequenceOf[id] = sequence;
        return changed(pictureSets, id, array, start, end);
    }

    /** Forgets all sets but those. */
    void retain(UnitSets those) {
        for (NalRole role : new NalRole[] {NalRole.VPS, NalRole.SPS, NalRole.PPS}) {
            byte[][] known = known(role);
            for (int i = 0; i < known.length; i++) {
                if (!those.has(role, i)) {
                    known[i] = ABSENT;
                }
            }
        }
    }

    private static boolean changed(byte[][] sets, int id, byte[] array, int start, int end) {
        byte[] before = sets[id];
        if (Arrays.equals(before, 0, before.length, array, start, end)) {
            return false;
        }
        sets[id] = end - start > MOST_BYTES ? ABSENT : Arrays.copyOfRange(array, start, end);
        return true;
    }

    /** Whether all is known that a slice with that PPS needs. */
    boolean complete(int ppsId) {
        if (pictureSets[ppsId] == ABSENT) {
            return false;
        }
        int sequence = sequenceOf[ppsId];
        return sequenceSets[sequence] != ABSENT
                && (videoOf[sequence] == NONE || videoSets[videoOf[sequence]] != ABSENT);
    }

    /** Whether a unit that has some sets has all that its slices need; only if {@link #complete}. */
    boolean carried(int ppsId, UnitSets inUnit) {
        int sequence = sequenceOf[ppsId];
        return lacking(NalRole.PPS, ppsId, inUnit) + lacking(NalRole.SPS, sequence, inUnit)
                + lacking(NalRole.VPS, videoOf[sequence], inUnit) == 0;
    }

    /** What the SPS behind that PPS says; empty if it is not known or not understood. */
    Optional<SequenceInfo> sequence(int ppsId) {
        return complete(ppsId) ? sequences.get(sequenceOf[ppsId]) : Optional.empty();
    }

    /** How many bytes, with start codes, a unit lacks that has some sets and whose pictures have that PPS. */
    int lackingBytes(int ppsId, UnitSets inUnit) {
        int sequence = sequenceOf[ppsId];
        int bytes = lacking(NalRole.VPS, videoOf[sequence], inUnit) + lacking(NalRole.SPS, sequence, inUnit);
        for (int i = 0; i < MOST_PPS; i++) {
            if (inForce(i, sequence)) {
                bytes += lacking(NalRole.PPS, i, inUnit);
            }
        }
        return bytes;
    }

    /**
     * Puts what a unit lacks of one kind into an array, in the order of their ids, each behind a start code.
     *
     * @return the position behind it
     */
    int putLacking(NalRole role, int ppsId, UnitSets inUnit, byte[] target, int offset) {
        int sequence = sequenceOf[ppsId];
        if (role == NalRole.VPS) {
            return put(role, videoOf[sequence], inUnit, target, offset);
        }
        if (role == NalRole.SPS) {
            return put(role, sequence, inUnit, target, offset);
        }
        int at = offset;
        for (int i = 0; i < MOST_PPS; i++) {
            if (inForce(i, sequence)) {
                at = put(role, i, inUnit, target, at);
            }
        }
        return at;
    }

    private boolean inForce(int pps, int sequence) {
        return pictureSets[pps] != ABSENT && sequenceOf[pps] == sequence;
    }

    private int lacking(NalRole role, int id, UnitSets inUnit) {
        return id == NONE || inUnit.has(role, id) ? 0 : START_CODE.length + set(role, id).length;
    }

    private int put(NalRole role, int id, UnitSets inUnit, byte[] target, int offset) {
        if (lacking(role, id, inUnit) == 0) {
            return offset;
        }
        byte[] set = set(role, id);
        System.arraycopy(START_CODE, 0, target, offset, START_CODE.length);
        System.arraycopy(set, 0, target, offset + START_CODE.length, set.length);
        return offset + START_CODE.length + set.length;
    }

    private byte[] set(NalRole role, int id) {
        return known(role)[id];
    }

    private byte[][] known(NalRole role) {
        return switch (role) {
            case VPS -> videoSets;
            case SPS -> sequenceSets;
            default -> pictureSets;
        };
    }
}

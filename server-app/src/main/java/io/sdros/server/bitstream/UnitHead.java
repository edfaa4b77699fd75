package io.sdros.server.bitstream;

/**
 * What a unit in Annex B format is, by its NAL units up to its first slice. Its parameter sets are learnt on the way.
 * To be used again and again; one thread.
 */
final class UnitHead {

    private static final int FORBIDDEN_BIT = 0x80;

    private final NalCursor cursor = new NalCursor();
    private final Rbsp bits = new Rbsp();
    private final SliceStart slice = new SliceStart();
    private final SliceStart laterSlice = new SliceStart();
    private final UnitSets sets = new UnitSets();

    private NalRole firstSlice;
    private boolean sliceRead;
    private boolean droppable;
    private int temporalId;
    private int pictures;
    private boolean recoveryPoint;
    private boolean parameterSets;
    private boolean newSets;
    private boolean pieces;
    private boolean understood;
    private int behindDelimiter;
    private int behindVps;
    private int behindSps;

    /**
     * Looks at a unit.
     *
     * @param whole   whether to look behind the first slice, too, for the beginning of another picture
     * @param learnt  where its parameter sets go
     */
    void read(byte[] array, int offset, int lengthBytes, NalSyntax syntax, boolean whole, ParameterSets learnt) {
        clear(offset);
        cursor.over(array, offset, lengthBytes);
        boolean more = cursor.next();
        boolean first = true;
        while (more) {
            int nal = cursor.start();
            if (cursor.limit() - nal >= syntax.headerBytes() && (array[nal] & FORBIDDEN_BIT) == 0) {
                NalRole role = syntax.role(array, nal);
                understood |= role != NalRole.OTHER;
                boolean leading = first;
                first &= role == NalRole.OTHER || role == NalRole.EXTRA || role == NalRole.END;
                if (role.slice()) {
                    slice(role, array, nal, syntax);
                } else if (firstSlice == NalRole.OTHER) {
                    inFront(role, array, nal, syntax, leading, learnt);
                }
            }
            more = (firstSlice == NalRole.OTHER || whole) && cursor.next();
        }
    }

    private void clear(int offset) {
        firstSlice = NalRole.OTHER;
        sliceRead = false;
        droppable = false;
        temporalId = 0;
        pictures = 0;
        recoveryPoint = false;
        parameterSets = false;
        newSets = false;
        pieces = false;
        understood = false;
        behindDelimiter = offset;
        behindVps = -1;
        behindSps = -1;
        sets.clear();
    }

    private void slice(NalRole role, byte[] array, int nal, NalSyntax syntax) {
        bits.over(array, nal + syntax.headerBytes(), cursor.limit());
        if (firstSlice == NalRole.OTHER) {
            firstSlice = role;
            droppable = syntax.droppable(array, nal);
            temporalId = syntax.temporalId(array, nal);
            sliceRead = syntax.readSlice(array, nal, bits, slice);
            pictures = sliceRead && slice.beginsPicture ? 1 : 0;
        } else if (syntax.readSlice(array, nal, bits, laterSlice)) {
            pictures += laterSlice.beginsPicture ? 1 : 0;
            slice.bidirectional |= laterSlice.bidirectional;
        }
    }

    private void inFront(NalRole role, byte[] array, int nal, NalSyntax syntax, boolean first, ParameterSets learnt) {
        switch (role) {
            case VPS, SPS, PPS -> parameterSet(role, array, nal, learnt);
            case DELIMITER -> {
                pieces = true;
                if (first) {
                    behindDelimiter = cursor.behind();
                }
            }
            case SEI -> {
                pieces = true;
                recoveryPoint |= syntax.hasRecoveryPoint(bits.over(array, nal + syntax.headerBytes(), cursor.end()));
            }
            case CONTINUATION -> pieces = true;
            default -> { }
        }
    }

    private void parameterSet(NalRole role, byte[] array, int nal, ParameterSets learnt) {
        int end = cursor.end();
        if (!cursor.complete()) {
            return;
        }
        parameterSets = true;
        newSets |= learnt.learn(role, array, nal, end, bits, sets);
        if (role == NalRole.VPS) {
            behindVps = cursor.behind();
        } else if (role == NalRole.SPS) {
            behindSps = cursor.behind();
        }
    }

    /** What the first slice is; {@link NalRole#OTHER} if none was found. */
    NalRole firstSlice() {
        return firstSlice;
    }

    /** Whether the first slice's beginning could be read. */
    boolean sliceRead() {
        return sliceRead;
    }

    /** Whether the first slice is the first of its picture; only if {@link #sliceRead}. */
    boolean beginsPicture() {
        return slice.beginsPicture;
    }

    /** How many pictures begin in the unit, as far as it was looked at. */
    int pictures() {
        return pictures;
    }

    /** Whether no other picture of the same temporal layer refers to this one. */
    boolean droppable() {
        return droppable;
    }

    int temporalId() {
        return temporalId;
    }

    /** Whether a slice that was looked at may refer to pictures on both sides; known of H.264 only. */
    boolean bidirectional() {
        return sliceRead && slice.bidirectional;
    }

    /** The first slice's PPS; only if {@link #sliceRead}. */
    int ppsId() {
        return slice.ppsId;
    }

    /** Whether a decoder can begin here and will have a right picture some pictures later, if not at once. */
    boolean recoveryPoint() {
        return recoveryPoint;
    }

    /** Whether there are parameter sets in front of the first slice. */
    boolean parameterSets() {
        return parameterSets;
    }

    /** Whether one of them may not have been there before with the same content: pictures behind this one may need it. */
    boolean newSets() {
        return newSets;
    }

    /** Whether something of a picture was found that is not the first slice of it. */
    boolean pieces() {
        return pieces;
    }

    /** Whether there was more to look at than may be. */
    boolean cut() {
        return cursor.cut();
    }

    /** Whether at least one NAL unit is of a kind that a stream of this codec has. */
    boolean understood() {
        return understood;
    }

    UnitSets sets() {
        return sets;
    }

    /** Where a missing VPS goes: behind the delimiter, before everything else. */
    int placeOfVps() {
        return behindDelimiter;
    }

    /** Where a missing SPS goes: as a VPS, but behind one that is there, since an SPS names its VPS. */
    int placeOfSps() {
        return Math.max(behindDelimiter, behindVps);
    }

    /** Where missing PPS go: as an SPS, but behind those that are there: one that comes later would end them. */
    int placeOfPps() {
        return Math.max(placeOfSps(), behindSps);
    }

    /** How many bytes were looked at for start codes since this was made. */
    long examinedBytes() {
        return cursor.examinedBytes();
    }
}

package io.sdros.server.bitstream;

import io.sdros.shm.protocol.Codecs;
import java.util.Objects;
import java.util.Optional;

/**
 * Looks at the units of one stream, in order, and remembers its parameter sets. After {@link #inspect} the other methods
 * tell about that unit. One thread.
 *
 * <p>A unit that lacks nothing is not changed; nothing is allocated for it unless it brings parameter sets with a new
 * content.
 */
public final class StreamInspector {

    /** Every so many units one is looked at as a whole, for a second picture: whoever commits two does so always. */
    static final int WHOLE_EVERY = 16;

    private static final int BASELINE = 66;
    private static final int FORBIDDEN_BIT = 0x80;
    private static final int SHORT_CODE_ZEROS = 2;
    private static final int LONG_CODE_ZEROS = 3;

    private enum Format { UNKNOWN, ANNEX_B, LENGTH_PREFIXED, NEITHER }

    private final boolean insertSets;
    private final UnitHead head = new UnitHead();

    private int codec;
    private Optional<NalSyntax> syntax = Optional.empty();
    private ParameterSets sets = new ParameterSets(H264Syntax.SOME);
    /** What the last units brought, as long as there was nothing else in them. */
    private final UnitSets setsOfLastUnits = new UnitSets();
    /** What the last unit was that can be only one of the two. */
    private Format format = Format.UNKNOWN;
    private int untilWhole;
    private boolean bidirectionalSeen;
    /** Whether there was a whole group of pictures of this sequence, none of them B. */
    private boolean groupInOrder;
    /** Whether a unit was two pictures: what its first slice says need not hold for the other. */
    private boolean doubleSeen;
    private boolean setsMissing;
    private Optional<SequenceInfo> sequence = Optional.empty();

    private boolean keyframe;
    private boolean setsAlone;
    private boolean setsAloneBefore;
    private boolean selfContained;
    private boolean recoveryPoint;
    private boolean converted;
    private boolean droppable;
    private boolean parameterSets;
    private boolean openKeyframe;
    private int insertedBytes;
    private int conditions;

    /** @param insertSets whether keyframes are to get the parameter sets that they lack */
    public StreamInspector(boolean insertSets) {
        this.insertSets = insertSets;
    }

    /**
     * Another encoder begins: nothing of what is known holds any more. Only parameter sets that came last, in units of
     * their own, are those of the one that begins: its first picture can be what shows that it is another one.
     */
    public void restart() {
        sets.retain(setsOfLastUnits);
        format = Format.UNKNOWN;
        untilWhole = 0;
        bidirectionalSeen = false;
        groupInOrder = false;
        doubleSeen = false;
        setsMissing = false;
        sequence = Optional.empty();
    }

    /**
     * Looks at the next unit. One that is length-prefixed is made Annex B where it is, which changes no length; nothing
     * else is written.
     *
     * @param unitCodec see {@link Codecs}
     * @param flagged   what its header says about it: whether it is a keyframe
     * @throws IndexOutOfBoundsException if the unit is not within the array
     */
    public void inspect(byte[] array, int offset, int lengthBytes, int unitCodec, boolean flagged) {
        Objects.checkFromIndexSize(offset, lengthBytes, array.length);
        if (unitCodec != codec) {
            codec = unitCodec;
            syntax = NalSyntax.of(codec);
            setsOfLastUnits.clear();
            sets = new ParameterSets(syntax.orElse(H264Syntax.SOME));
            restart();
        }
        believe(flagged || codec == Codecs.JPEG);
        if (syntax.isEmpty()) {
            return;
        }
        look(array, offset, lengthBytes, flagged);
        if (setsAlone) {
            setsOfLastUnits.addAll(head.sets());
        } else if (setsAloneBefore) {
            setsOfLastUnits.clear();
        }
        setsAloneBefore = setsAlone;
    }

    private void look(byte[] array, int offset, int lengthBytes, boolean flagged) {
        NalSyntax ofStream = syntax.get();
        Format found = formatOf(array, offset, lengthBytes, ofStream.headerBytes());
        if (found == Format.LENGTH_PREFIXED) {
            LengthPrefixed.toAnnexB(array, offset, lengthBytes);
            converted = true;
            conditions |= BitstreamCondition.LENGTH_PREFIXED.bit();
        }
        if (found != Format.NEITHER) {
            read(array, offset, lengthBytes, ofStream, flagged);
        }
        if (found == Format.NEITHER || !head.understood()) {
            conditions |= BitstreamCondition.NOT_ANNEX_B.bit();
        } else {
            conditions |= lastingConditions();
        }
    }

    /** What is known of a unit if nothing is found in it. */
    private void believe(boolean flag) {
        keyframe = flag;
        setsAlone = false;
        selfContained = false;
        recoveryPoint = false;
        converted = false;
        droppable = false;
        parameterSets = false;
        openKeyframe = false;
        insertedBytes = 0;
        conditions = 0;
    }

    /**
     * A length of 256 to 511 begins like a start code of three bytes, and one of 1 is one of four. Such a unit is
     * length-prefixed if all lengths add up and there is more to say so: what would be the NAL header cannot be one, or
     * the units before, or, at the beginning, that there are two lengths or more.
     */
    private Format formatOf(byte[] array, int offset, int lengthBytes, int headerBytes) {
        int most = Math.min(lengthBytes, NalCursor.MOST_BYTES);
        int zeros = 0;
        while (zeros < most && array[offset + zeros] == 0) {
            zeros++;
        }
        boolean startCode = zeros >= SHORT_CODE_ZEROS && zeros + 1 < most && array[offset + zeros] == 1;
        if (startCode && zeros > LONG_CODE_ZEROS) {
            format = Format.ANNEX_B;
            return format;
        }
        if (startCode && zeros == LONG_CODE_ZEROS && format != Format.LENGTH_PREFIXED) {
            format = Format.ANNEX_B;
            return format;
        }
        int lengths = LengthPrefixed.count(array, offset, lengthBytes, headerBytes);
        if (!startCode) {
            if (lengths > 0) {
                format = Format.LENGTH_PREFIXED;
            }
            return lengths > 0 ? Format.LENGTH_PREFIXED : Format.NEITHER;
        }
        if (lengths == 0) {
            format = Format.ANNEX_B;
            return format;
        }
        boolean noHeader = (array[offset + zeros + 1] & FORBIDDEN_BIT) != 0;
        boolean prefixed = noHeader || format == Format.LENGTH_PREFIXED || format == Format.UNKNOWN && lengths > 1;
        return prefixed ? Format.LENGTH_PREFIXED : Format.ANNEX_B;
    }

    private void read(byte[] array, int offset, int lengthBytes, NalSyntax ofStream, boolean flagged) {
        boolean whole = untilWhole == 0;
        untilWhole = whole ? WHOLE_EVERY - 1 : untilWhole - 1;
        head.read(array, offset, lengthBytes, ofStream, whole, sets);
        parameterSets = head.parameterSets();
        if (head.firstSlice() != NalRole.OTHER) {
            judgePicture(flagged);
        } else if (head.understood() && !head.cut()) {
            keyframe = false;
            setsAlone = parameterSets;
            if (!setsAlone && head.pieces()) {
                conditions |= BitstreamCondition.SPLIT_UNITS.bit();
            }
        }
    }

    private void judgePicture(boolean flagged) {
        boolean begins = head.beginsPicture() || !head.sliceRead();
        keyframe = begins && head.firstSlice() != NalRole.SLICE;
        openKeyframe = keyframe && head.firstSlice() == NalRole.CRA_SLICE;
        recoveryPoint = begins && !keyframe && head.recoveryPoint();
        if ((keyframe || recoveryPoint) && head.sliceRead()) {
            judgeSets();
        }
        if (head.bidirectional() && !(sequence.isPresent() && sequence.get().inOrder())) {
            bidirectionalSeen = true;
        }
        // Two fields of one frame are two pictures, and are committed together; only an SPS can say that there are none.
        int mostPictures = sequence.isPresent() && sequence.get().frames() ? 1 : 2;
        doubleSeen |= head.pictures() > 1;
        droppable = begins && unreferenced();
        if (!begins || head.pictures() > mostPictures) {
            conditions |= BitstreamCondition.SPLIT_UNITS.bit();
        } else if (flagged != keyframe && !recoveryPoint) {
            conditions |= BitstreamCondition.FLAG_MISMATCH.bit();
        }
    }

    /**
     * In H.264 no slice of the picture is referred to if the first one is not. HEVC says it for the picture's own
     * sub-layer, so that holds for the highest one only.
     * Parameter sets that come with it hold for the pictures behind it, too.
     */
    private boolean unreferenced() {
        return head.droppable() && !head.newSets() && !doubleSeen && sequence.isPresent() && sequence.get().frames()
                && head.temporalId() == sequence.get().subLayers() - 1;
    }

    private void judgeSets() {
        boolean known = sets.complete(head.ppsId());
        int lackingBytes = known ? sets.lackingBytes(head.ppsId(), head.sets()) : 0;
        insertedBytes = insertSets ? lackingBytes : 0;
        if (keyframe) {
            setsMissing = !known || !insertSets && !sets.carried(head.ppsId(), head.sets());
            selfContained = !setsMissing;
        }
        Optional<SequenceInfo> now = sets.sequence(head.ppsId());
        if (!now.equals(sequence)) {
            sequence = now;
            bidirectionalSeen = false;
            groupInOrder = false;
        } else if (keyframe) {
            groupInOrder = !bidirectionalSeen;
        }
    }

    private int lastingConditions() {
        int lasting = setsMissing ? BitstreamCondition.NO_PARAMETER_SETS.bit() : 0;
        if (bidirectionalSeen || sequence.isPresent() && sequence.get().reorders()) {
            lasting |= BitstreamCondition.B_FRAMES.bit();
        }
        if (sequence.isPresent() && sequence.get().refusedByMany()) {
            lasting |= BitstreamCondition.PROFILE.bit();
        }
        return lasting;
    }

    /** Whether a decoder can start with the unit: by its content, or by its flag where the content does not say. */
    public boolean keyframe() {
        return keyframe;
    }

    /** Whether there is nothing in the unit but parameter sets. */
    public boolean setsAlone() {
        return setsAlone;
    }

    /** Whether it is a keyframe that has all the sets it needs, or will have by what is inserted. */
    public boolean selfContained() {
        return selfContained;
    }

    /** Whether a decoder that starts with the unit, which is no keyframe, has right pictures a while later. */
    public boolean recoveryPoint() {
        return recoveryPoint;
    }

    /** Whether no other picture refers to this one or needs a parameter set in it, so that leaving it out spoils none. */
    public boolean droppable() {
        return droppable;
    }

    /** Whether there is a parameter set in the unit, or will be by what is inserted. */
    public boolean hasParameterSets() {
        return parameterSets || insertedBytes > 0;
    }

    /**
     * Whether pictures of H.264 come in the order in which they are shown, whatever their SPS says: none was a B picture,
     * in a profile without, or in one whole group of pictures at least.
     */
    public boolean inOrder() {
        return codec == Codecs.H264 && !bidirectionalSeen && sequence.isPresent()
                && (groupInOrder || sequence.get().profile() == BASELINE);
    }

    /** Whether the unit was length-prefixed. */
    public boolean converted() {
        return converted;
    }

    /** By how many bytes the unit grows when what it lacks is inserted; 0 if it is to stay as it is. */
    public int insertedBytes() {
        return insertedBytes;
    }

    /** What is worth a word: a set of {@link BitstreamCondition#bit}. */
    public int conditions() {
        return conditions;
    }

    /** What is said about the pictures since the last keyframe; empty before the first whose SPS is understood. */
    public Optional<SequenceInfo> sequence() {
        return sequence;
    }

    /** How many bytes were looked at for start codes since this was made; some twice. */
    long examinedBytes() {
        return head.examinedBytes();
    }

    /**
     * Copies the unit last looked at, and inserts what it lacks: {@link #insertedBytes} more.
     *
     * @param from as it was given to {@link #inspect}
     */
    public void copyCompleted(byte[] from, int offset, int lengthBytes, byte[] to, int toOffset) {
        if (insertedBytes == 0) {
            copy(from, offset, offset + lengthBytes, to, toOffset);
            return;
        }
        int pps = head.ppsId();
        int target = copy(from, offset, head.placeOfVps(), to, toOffset);
        target = sets.putLacking(NalRole.VPS, pps, head.sets(), to, target);
        target = copy(from, head.placeOfVps(), head.placeOfSps(), to, target);
        target = sets.putLacking(NalRole.SPS, pps, head.sets(), to, target);
        target = copy(from, head.placeOfSps(), head.placeOfPps(), to, target);
        target = sets.putLacking(NalRole.PPS, pps, head.sets(), to, target);
        copy(from, head.placeOfPps(), offset + lengthBytes, to, target);
    }

    /** Whether it is a keyframe of HEVC behind which pictures may refer to what came before it: CRA. */
    public boolean openKeyframe() {
        return openKeyframe;
    }

    /**
     * Says in a unit that is an {@link #openKeyframe} that what came before it is missing; its length stays. Any thread.
     *
     * @param array the unit and nothing behind it
     */
    public static void breakLink(byte[] array, int offset) {
        BrokenLink.mark(array, offset);
    }

    private static int copy(byte[] from, int begin, int end, byte[] to, int target) {
        System.arraycopy(from, begin, to, target, end - begin);
        return target + end - begin;
    }
}

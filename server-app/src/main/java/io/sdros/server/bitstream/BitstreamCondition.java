package io.sdros.server.bitstream;

import java.util.Locale;

/** What about a stream keeps viewers from a right picture, or may, and is for whoever runs the encoder to know. */
public enum BitstreamCondition {
    /** The KEYFRAME flag of the header says otherwise than the payload. */
    FLAG_MISMATCH("the KEYFRAME flag of the frames does not say what is in them; what is in them counts", true),
    /** A keyframe came whose parameter sets have not been seen, or not with it where nothing is inserted. */
    NO_PARAMETER_SETS("a keyframe came without the parameter sets it needs: nobody who joins can decode it. The encoder"
            + " has to send them once while the server reads, or with every keyframe", false),
    /** Frames come, and no keyframe among them. */
    NO_KEYFRAME("frames arrive without a keyframe among them: viewers who need one see nothing. The encoder has to send"
            + " IDR pictures, by itself or when asked on SDR_IDR_SUBJECT", false),
    /** A unit is not one whole picture. */
    SPLIT_UNITS("the units that are committed are not one whole picture each: a unit does not begin with the first slice"
            + " of a picture, or holds two. The producer has to commit whole access units", true),
    /** NAL units come behind their lengths. */
    LENGTH_PREFIXED("the payload is length-prefixed (AVCC, as in MP4) where Annex B is expected; it is converted",
            false),
    /** The payload is neither Annex B nor length-prefixed. */
    NOT_ANNEX_B("the payload is not Annex B, so that nothing is known about it but its header", false),
    /** Pictures come in another order than they are shown. */
    B_FRAMES("the pictures come in another order than they are shown (B-frames): decoders hold them back. Switch them"
            + " off in the encoder", false),
    /** A profile that many browsers do not decode. */
    PROFILE("4:2:2, 4:4:4 or more than 8 bits, which many browsers refuse: use 4:2:0 with 8 bits", false),
    /** The stream can be joined at recovery points only, which browsers do not do. */
    INTRA_REFRESH("intra refresh or recovery points instead of IDR pictures: no browser can join such a stream. Let"
            + " the encoder send IDR pictures", false);

    private static final long LINGER_NANOS = 30_000_000_000L;

    private final String words;
    private final boolean recurring;

    BitstreamCondition(String words, boolean recurring) {
        this.words = words;
        this.recurring = recurring;
    }

    /** What the metric and the reports call it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** A sentence or two for the operator, without a full stop at the end. */
    public String words() {
        return words;
    }

    /** For how long it counts after the last frame that showed it, since not every frame of such a stream does. */
    public long lingerNanos() {
        return recurring ? LINGER_NANOS : 0;
    }

    /** Its bit in a set of them. */
    public int bit() {
        return 1 << ordinal();
    }
}

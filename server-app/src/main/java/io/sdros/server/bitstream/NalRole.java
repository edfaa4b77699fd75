package io.sdros.server.bitstream;

/** What a NAL unit is for, as far as it matters here; the same words for both codecs. */
enum NalRole {
    /** Access unit delimiter. */
    DELIMITER,
    /** Video parameter set; HEVC only. */
    VPS,
    /** Sequence parameter set. */
    SPS,
    /** Picture parameter set. */
    PPS,
    /** Supplemental information in front of the slices. */
    SEI,
    /** Coded data of a picture that needs others. */
    SLICE,
    /** Coded data of an IDR picture, or of a BLA picture, which is as good: nothing before it is referred to. */
    KEY_SLICE,
    /** Coded data of a CRA picture: a decoder can begin here, though pictures shown earlier may follow. */
    CRA_SLICE,
    /** A part of a picture that cannot be its first. */
    CONTINUATION,
    /** End of the sequence or of the stream. */
    END,
    /** Known, and nothing that a picture begins with: filler, other layers and views, what follows a slice. */
    EXTRA,
    /** Nothing that is known. */
    OTHER;

    boolean parameterSet() {
        return this == VPS || this == SPS || this == PPS;
    }

    boolean slice() {
        return this == SLICE || this == KEY_SLICE || this == CRA_SLICE;
    }
}

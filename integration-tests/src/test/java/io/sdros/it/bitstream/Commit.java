package io.sdros.it.bitstream;

import io.sdros.it.support.VideoFrame;
import java.util.List;

/** What a producer commits at a time. */
record Commit(byte[] payload, int flags) {

    static Commit key(List<Nal> units) {
        return new Commit(Nal.annexB(units), VideoFrame.KEYFRAME);
    }

    static Commit delta(List<Nal> units) {
        return new Commit(Nal.annexB(units), 0);
    }

    /** As a producer does it that knows what it does. */
    static Commit right(List<Nal> picture) {
        return Nal.keyframe(picture) ? key(picture) : delta(picture);
    }

    Commit flagged(boolean keyframe) {
        return new Commit(payload, keyframe ? VideoFrame.KEYFRAME : 0);
    }
}

package io.sdros.transport.undertow;

import java.util.Locale;

/** What a viewer that speaks sdr.2 says it does. */
public enum ViewerState {
    PLAYING,
    /** It wants no video. */
    PAUSED,
    /** Its decoder failed, so it cannot go on without a keyframe. */
    DECODER_FAILED,
    /** It has dropped frames by itself. */
    WAITING_FOR_KEYFRAME;

    private static final ViewerState[] BY_NUMBER = values();

    static ViewerState of(int number) {
        return BY_NUMBER[number];
    }

    /** For reports. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}

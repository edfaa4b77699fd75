package io.sdros.transport.undertow;

import io.sdros.transport.undertow.http.CutReason;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Why a connection that was no viewer had to give way. */
public enum StrangerCut {
    /** There were too many of them, and its address had the most. */
    LIMIT,
    /** There were too many of them from its address. */
    ADDRESS_LIMIT;

    /** For metric labels. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Map<StrangerCut, Long> counts(Map<CutReason, Long> cuts) {
        Map<StrangerCut, Long> counts = new EnumMap<>(StrangerCut.class);
        cuts.forEach((reason, count) -> counts.put(switch (reason) {
            case LIMIT -> LIMIT;
            case ADDRESS_LIMIT -> ADDRESS_LIMIT;
        }, count));
        return counts;
    }
}

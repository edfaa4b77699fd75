package io.sdros.transport.undertow;

import java.util.Locale;

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
}

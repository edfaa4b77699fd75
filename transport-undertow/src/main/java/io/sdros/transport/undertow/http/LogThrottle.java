package io.sdros.transport.undertow.http;

import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** Lets the first line of a kind pass, then one in 10 s, and counts those in between. Any thread. */
public final class LogThrottle {

    static final long INTERVAL_NANOS = 10_000_000_000L;

    private final LongSupplier nanoClock;
    private boolean begun;
    private long lastNanos;
    private long heldBack;

    public LogThrottle(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** How many were held back since the last one that passed; empty if this one is held back, too. */
    public synchronized OptionalLong pass() {
        long nowNanos = nanoClock.getAsLong();
        if (begun && nowNanos - lastNanos < INTERVAL_NANOS) {
            heldBack++;
            return OptionalLong.empty();
        }
        long before = heldBack;
        begun = true;
        lastNanos = nowNanos;
        heldBack = 0;
        return OptionalLong.of(before);
    }

    /** For the end of a line. */
    public static String more(long heldBack) {
        return heldBack == 0 ? "" : " (and " + heldBack + " more since the last such line)";
    }
}

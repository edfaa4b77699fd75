package io.sdros.shm.reader;

/**
 * Whether a bell is worth waiting for. One that has rung for a few frames is; one that has let frames pass, or rings
 * for nothing, is not, and is left alone for a while. So a bell that somebody else holds, or that the producer has
 * forgotten, costs nobody anything.
 *
 * <pre>
 *   AWAY ──connected──► CONNECTED ──rang for 3 frames──► TRUSTED
 *    ▲                      │ missed 8                      │ missed 3 in a row, or rang 16 times for nothing in a
 *    └──────────────────────┴───────────────────────────────┘    row, or broke: tried again after 0.1 s, 0.2 s … 5 s
 * </pre>
 *
 * <p>Knows nothing but what it is told, so it can be run against a made-up clock.
 */
final class BellReliability {

    static final int RUNG_FRAMES = 3;
    static final int MISSED_BEFORE_TRUST = 8;
    static final int MISSED_IN_A_ROW = 3;
    static final int EMPTY_IN_A_ROW = 16;
    static final long FIRST_RETRY_NANOS = 100_000_000;
    private static final int MAX_DOUBLINGS = 8;
    private static final long MAX_RETRY_NANOS = 5_000_000_000L;

    private enum State { AWAY, CONNECTED, TRUSTED }

    private State state = State.AWAY;
    private boolean everTried;
    private long retryNanos;
    private int failures;
    private int rung;
    private int missed;
    private int empty;

    /** Whether to try to connect. */
    boolean dueToConnect(long nowNanos) {
        return state == State.AWAY && (!everTried || nowNanos - retryNanos >= 0);
    }

    void connected() {
        state = State.CONNECTED;
        rung = 0;
        missed = 0;
        empty = 0;
    }

    /** There is none, or no more, or it is not to be trusted; try again, later each time until one is trusted. */
    void failed(long nowNanos) {
        state = State.AWAY;
        everTried = true;
        retryNanos = nowNanos + Math.min(FIRST_RETRY_NANOS << failures, MAX_RETRY_NANOS);
        failures = Math.min(failures + 1, MAX_DOUBLINGS);
    }

    /** The producer has started over: if there was no bell, there may be one now. */
    void producerRestarted() {
        if (state == State.AWAY) {
            forget();
        }
    }

    /** Another region, another producer: what was found out is of no use. */
    void forget() {
        state = State.AWAY;
        everTried = false;
        failures = 0;
    }

    /**
     * A look has been made.
     *
     * @param found whether there was a new frame
     * @param rang  whether it rang since the look before
     * @return whether it is still worth being connected to
     */
    boolean looked(boolean found, boolean rang) {
        if (found && rang) {
            missed = 0;
            empty = 0;
            rung++;
            if (state == State.CONNECTED && rung >= RUNG_FRAMES) {
                state = State.TRUSTED;
                failures = 0;
            }
        } else if (found) {
            missed++;
        } else if (rang) {
            empty++;
        }
        return missed < (state == State.TRUSTED ? MISSED_IN_A_ROW : MISSED_BEFORE_TRUST) && empty < EMPTY_IN_A_ROW;
    }

    boolean connectedTo() {
        return state != State.AWAY;
    }

    boolean trusted() {
        return state == State.TRUSTED;
    }
}

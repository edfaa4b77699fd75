package io.sdros.relay.nats.edge;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * By how much an origin's clock differs from this machine's: from the one of the last answers that took the shortest way
 * to the origin and back. Whatever the two halves of that way took, the error is half of it at most. One thread.
 */
public final class OriginClock {

    private static final int ANSWERS = 10;
    /** An answer that took longer says nothing of use. */
    private static final long MOST_ROUND_TRIP_NANOS = TimeUnit.MINUTES.toNanos(1);
    /** No clock of a machine runs wrong by more than this part (500 ppm); the two may run apart. */
    private static final long DRIFT_PART = 1_000;

    private record Answer(long toLocalNanos, long roundTripNanos, long atNanos) {

        long errorNanos(long nowNanos) {
            return roundTripNanos / 2 + (nowNanos - atNanos) / DRIFT_PART;
        }
    }

    private final Deque<Answer> answers = new ArrayDeque<>();

    /**
     * An answer has come.
     *
     * @param askedNanos    here
     * @param receivedNanos there
     * @param answeredNanos there
     * @param nowNanos      here
     * @return how long it was on its way, there and back; negative: it cannot be, or took too long, and is left out
     */
    long answered(long askedNanos, long receivedNanos, long answeredNanos, long nowNanos) {
        long roundTripNanos = nowNanos - askedNanos - (answeredNanos - receivedNanos);
        if (roundTripNanos < 0 || nowNanos - askedNanos < 0 || nowNanos - askedNanos > MOST_ROUND_TRIP_NANOS
                || answeredNanos - receivedNanos < 0) {
            return -1;
        }
        long toLocalNanos = (askedNanos - receivedNanos) / 2 + (nowNanos - answeredNanos) / 2;
        answers.addLast(new Answer(toLocalNanos, roundTripNanos, nowNanos));
        if (answers.size() > ANSWERS) {
            answers.removeFirst();
        }
        return roundTripNanos;
    }

    void forget() {
        answers.clear();
    }

    /** Whether the origin has answered. */
    public boolean known() {
        return !answers.isEmpty();
    }

    /** To be added to the origin's times; 0 if it is not known. */
    public long toLocalNanos(long nowNanos) {
        return known() ? best(nowNanos).toLocalNanos : 0;
    }

    /** A time of the origin's clock, or what that clock can say by now at most if it is later than that. */
    long notAfterNow(long originNanos, long nowNanos) {
        return yetToCome(originNanos, nowNanos) ? latestNanos(nowNanos) : originNanos;
    }

    /** Whether the origin's clock cannot say this by now; false if it is not known. */
    boolean yetToCome(long originNanos, long nowNanos) {
        return known() && originNanos - latestNanos(nowNanos) > 0;
    }

    private long latestNanos(long nowNanos) {
        Answer best = best(nowNanos);
        return nowNanos - best.toLocalNanos + best.errorNanos(nowNanos);
    }

    /** At most; negative if nothing is known. */
    public long errorNanos(long nowNanos) {
        return known() ? best(nowNanos).errorNanos(nowNanos) : -1;
    }

    private Answer best(long nowNanos) {
        Answer best = answers.getFirst();
        for (Answer answer : answers) {
            if (answer.errorNanos(nowNanos) < best.errorNanos(nowNanos)) {
                best = answer;
            }
        }
        return best;
    }
}

package io.sdros.relay.nats.edge;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What is counted of one stream. One thread counts; any thread reads. */
public final class EdgeCounters {

    private final LongAdder received = new LongAdder();
    private final LongAdder foreign = new LongAdder();
    private final LongAdder malformed = new LongAdder();
    private final LongAdder lagSkips = new LongAdder();
    private final LongAdder originLost = new LongAdder();
    private final Map<LostWhere, LongAdder> lost = new EnumMap<>(LostWhere.class);
    private final Map<JoinResult, LongAdder> joins = new EnumMap<>(JoinResult.class);
    private volatile long lagNanos;
    private volatile long roundTripNanos = -1;
    private volatile boolean wanted;

    /** All at zero. */
    public EdgeCounters() {
        for (LostWhere where : LostWhere.values()) {
            lost.put(where, new LongAdder());
        }
        for (JoinResult result : JoinResult.values()) {
            joins.put(result, new LongAdder());
        }
    }

    void received() {
        received.increment();
    }

    void foreign() {
        foreign.increment();
    }

    /** A message that is none of the relay's. Any thread. */
    public void malformed() {
        malformed.increment();
    }

    void lost(LostWhere where, long frames) {
        lost.get(where).add(frames);
    }

    void lostAtOrigin(long frames) {
        originLost.add(frames);
    }

    void joined(JoinResult result) {
        joins.get(result).increment();
    }

    void skips() {
        lagSkips.increment();
    }

    void lag(long nanos) {
        lagNanos = nanos;
    }

    void roundTrip(long nanos) {
        roundTripNanos = nanos;
    }

    void wanted(boolean now) {
        wanted = now;
    }

    /** Frames handed on. */
    public long receivedFrames() {
        return received.sum();
    }

    /** Frames of an origin that is not the one that is taken, or with a number that it cannot have reached. */
    public long foreignFrames() {
        return foreign.sum();
    }

    /** Messages that are none of the relay's, and frames that are none. */
    public long malformedTotal() {
        return malformed.sum();
    }

    /** Times that only keyframes were subscribed to from then on, since frames came too late. */
    public long lagSkipsTotal() {
        return lagSkips.sum();
    }

    /** Frames published that were not handed on, by where; and {@code origin}: those that the origin did not publish. */
    public Map<String, Long> lostFrames() {
        Map<String, Long> byLabel = new LinkedHashMap<>();
        lost.forEach((where, count) -> byLabel.put(where.label(), count.sum()));
        byLabel.put("origin", originLost.sum());
        return byLabel;
    }

    /** Of those that were published. */
    public long lostOfPublished() {
        return lost.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** By result. */
    public Map<String, Long> joinsByResult() {
        Map<String, Long> byLabel = new LinkedHashMap<>();
        joins.forEach((result, count) -> byLabel.put(result.label(), count.sum()));
        return byLabel;
    }

    /** How late the last frame was, measured against the earliest of a minute. */
    public long lagNanos() {
        return lagNanos;
    }

    /** To the origin and back; negative: not known. */
    public long roundTripNanos() {
        return roundTripNanos;
    }

    /** Whether the origin is told that the stream is wanted. */
    public boolean wanted() {
        return wanted;
    }
}

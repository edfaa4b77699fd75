package io.sdros.relay.nats.edge;

import io.sdros.relay.nats.wire.MessageHead;
import io.sdros.relay.nats.wire.MessageKind;
import io.sdros.relay.nats.wire.OriginInfo;
import io.sdros.relay.nats.wire.ReceivedFrame;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * One stream as an edge carries it.
 *
 * <pre>
 *   IDLE ──wanted, connected──► JOINING ──end of the replay, or a live keyframe──► LIVE
 *    ▲ ▲                         │   ▲                                              │
 *    │ └──wanted no more─────────┴───│──────────────────────────────────────────────┤
 *    └────connection lost────────────┴──another origin──────────────────────────────┘
 * </pre>
 *
 * <p>Connection and clock are given to it; all methods are for one thread.
 */
public final class Edge {

    private static final long BEAT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private enum State {
        IDLE,
        JOINING,
        LIVE
    }

    private final EdgeLink link;
    private final EdgeEvents events;
    private final EdgeCounters counters;
    private final SequenceLedger ledger;
    private final int ackerNumber;
    private final boolean keyframesNeeded;
    private final OriginChoice origins = new OriginChoice();
    private final OriginClock clock = new OriginClock();
    private final LagRule lag;
    private final Joining joining;
    private final Set<Channel> subscribed = EnumSet.noneOf(Channel.class);

    private State state = State.IDLE;
    private boolean connected;
    private boolean wanted;
    private long beatNanos;
    /** Where frames are lost that are missing before the next one. */
    private LostWhere gap = LostWhere.NETWORK;

    /**
     * Begins with no connection and no wish.
     *
     * @param ackerNumber     by which messages name this edge
     * @param keyframesNeeded whether a picture begins with a keyframe only
     * @param maxLagNanos     how late frames may arrive before only keyframes are taken; 0: however late
     * @param mostHeldBytes   how much may wait while a replay comes
     */
    public Edge(EdgeLink link, EdgeEvents events, EdgeCounters counters, int ackerNumber, boolean keyframesNeeded, long maxLagNanos,
            long mostHeldBytes, long nowNanos) {
        this.link = link;
        this.events = events;
        this.counters = counters;
        this.ackerNumber = ackerNumber;
        this.keyframesNeeded = keyframesNeeded;
        ledger = new SequenceLedger(counters);
        lag = new LagRule(maxLagNanos, nowNanos);
        joining = new Joining(mostHeldBytes);
    }

    /** There is another connection, on which everything is subscribed to that was subscribed to before. */
    public void connected(long nowNanos) {
        disconnected();
        connected = true;
        ledger.allowFar();
        lag.otherWay();
        goOn(nowNanos);
    }

    /** The connection is gone. */
    public void disconnected() {
        connected = false;
        joining.clear();
        state = State.IDLE;
    }

    /** To be called often: says whether the stream is wanted, and does what is due. */
    public void tick(boolean isWanted, long nowNanos) {
        if (wanted != isWanted) {
            wanted = isWanted;
            counters.wanted(isWanted);
            if (!isWanted) {
                stop();
            }
        }
        choose(nowNanos);
        goOn(nowNanos);
    }

    private void stop() {
        boolean joined = !subscribed.isEmpty();
        for (Channel channel : Channel.values()) {
            unsubscribe(channel);
        }
        if (joined) {
            link.leave();
        }
        joining.clear();
        ledger.beginAnew();
        lag.otherWay();
        lag.allFrames();
        counters.lag(0);
        state = State.IDLE;
    }

    private void goOn(long nowNanos) {
        if (!wanted || !connected) {
            return;
        }
        if (state == State.IDLE) {
            beat(nowNanos);
            join(nowNanos);
        } else if (nowNanos - beatNanos >= BEAT_NANOS) {
            beat(nowNanos);
        }
        if (state == State.JOINING) {
            askAgain(nowNanos);
        } else {
            apply(lag.step(nowNanos));
        }
    }

    private void beat(long nowNanos) {
        beatNanos = nowNanos;
        link.beat(nowNanos, lag.lagNanos());
    }

    private void join(long nowNanos) {
        state = State.JOINING;
        joining.begin(nowNanos);
        lag.allFrames();
        for (Channel channel : Channel.values()) {
            subscribe(channel);
        }
        link.join();
    }

    private void askAgain(long nowNanos) {
        switch (joining.ask(nowNanos)) {
            case AGAIN -> {
                if (joining.unanswered() == 1) {
                    counters.joined(JoinResult.UNANSWERED);
                }
                link.join();
            }
            case KEYFRAME -> link.needKeyframe();
            case NOTHING -> { }
        }
    }

    private void apply(LagRule.Step step) {
        switch (step) {
            case KEYFRAMES_ONLY -> {
                counters.skips();
                gap = LostWhere.LAG;
                unsubscribe(Channel.DELTAS);
            }
            case ALL_FRAMES -> subscribe(Channel.DELTAS);
            case RECONNECT -> {
                if (link.reconnect("frames arrive more than 2 s late")) {
                    disconnected(); // what has come over that connection and was not looked at yet is as late
                }
            }
            case NONE -> { }
        }
    }

    private void subscribe(Channel channel) {
        if (subscribed.add(channel)) {
            link.subscribe(channel);
        }
    }

    private void unsubscribe(Channel channel) {
        if (subscribed.remove(channel)) {
            link.unsubscribe(channel);
        }
    }

    /** An origin has said something of itself. */
    public void heard(OriginInfo info, long nowNanos) {
        origins.heard(info, nowNanos);
        choose(nowNanos);
    }

    private void choose(long nowNanos) {
        boolean first = origins.chosen().isEmpty();
        if (origins.choose(nowNanos) && !first) {
            otherOrigin(nowNanos);
        }
    }

    /** From now on the frames of the one before count as foreign. */
    private void otherOrigin(long nowNanos) {
        ledger.beginAnew();
        clock.forget();
        lag.otherWay();
        counters.lag(0);
        events.otherOrigin();
        if (state != State.IDLE) {
            beat(nowNanos);
            join(nowNanos);
        }
    }

    /** The origin has answered a beat; the times in between are its own. */
    public void answered(long originId, long askedNanos, long receivedNanos, long answeredNanos, long nowNanos) {
        if (origins.isChosen(originId)) {
            boolean known = clock.known();
            long roundTripNanos = clock.answered(askedNanos, receivedNanos, answeredNanos, nowNanos);
            if (!known && clock.known()) {
                lag.otherWay(); // until now any time was taken as it was, also one that is yet to come
            }
            if (roundTripNanos >= 0) {
                counters.roundTrip(roundTripNanos);
            }
        }
    }

    /** So many frames will not be whole any more. */
    public void incomplete(long frames) {
        ledger.incomplete(frames);
    }

    /** So many messages were thrown away before they were looked at. */
    public void overflowed(long messages) {
        ledger.overflowed(messages);
    }

    /**
     * Whether a part of a frame is of use, which only those of the origin that is taken are: nothing is kept of others, so that
     * however many there are, they take no memory and displace nothing. Their frames are counted.
     */
    public boolean takes(MessageHead head, long nowNanos) {
        if (state == State.IDLE) {
            return false; // it was on its way when it was left out
        }
        origins.heardFrame(head.originId(), nowNanos);
        choose(nowNanos);
        boolean taken = origins.isChosen(head.originId());
        if (!taken && head.kind() == MessageKind.FRAME && head.chunk() == head.chunks() - 1) {
            counters.foreign();
        }
        return taken;
    }

    /** A frame is whole, the parts of which were all {@linkplain #takes taken}. */
    public void frame(ReceivedFrame frame, long nowNanos) {
        if (frame.head().kind() == MessageKind.REPLAY) {
            replayed(frame, nowNanos);
        } else {
            live(frame, nowNanos);
        }
    }

    private void replayed(ReceivedFrame frame, long nowNanos) {
        if (state == State.JOINING && joining.replayed(frame, FrameWords.keyframe(frame), nowNanos)) {
            handOn(frame, LostWhere.NETWORK, nowNanos);
        }
    }

    private void live(ReceivedFrame frame, long nowNanos) {
        long originNanos = clock.notAfterNow(frame.head().originNanos(), nowNanos);
        long sequence = frame.head().sequence();
        if (ledger.contradicts(sequence, originNanos, clock, nowNanos) || ledger.leftBehind(sequence, nowNanos)) {
            beginAnew(nowNanos);
        }
        lag.arrived(originNanos, nowNanos);
        counters.lag(lag.lagNanos());
        if (frame.head().acker() == ackerNumber) {
            link.acknowledge(frame.head().originId(), sequence);
        }
        if (state == State.LIVE && lag.ofBacklog()) {
            gap = LostWhere.LAG;
        } else if (state == State.LIVE) {
            handOn(frame, gap, nowNanos);
        } else if (FrameWords.keyframe(frame) || !keyframesNeeded) {
            goLive(JoinResult.KEYFRAME, nowNanos);
            handOn(frame, LostWhere.JOIN, nowNanos);
        } else if (ledger.follows(sequence)) {
            goLive(joining.followedAny() ? JoinResult.REPLAYED : JoinResult.CONTINUED, nowNanos);
            handOn(frame, gap, nowNanos);
        } else {
            joining.hold(frame);
        }
        if (state == State.LIVE) {
            apply(lag.step(nowNanos));
        }
    }

    /** A frame was handed on that was not the origin's, since what the origin says now does not agree with it. */
    private void beginAnew(long nowNanos) {
        ledger.beginAnew();
        if (!clock.known()) {
            lag.otherWay(); // its time was taken as it was
        }
        events.broken();
        join(nowNanos);
    }

    /** All that was published since the last keyframe has been sent again. */
    public void replayEnded(long originId, long nowNanos) {
        if (state == State.JOINING && origins.isChosen(originId) && joining.complete()) {
            while (!joining.held().isEmpty()) {
                handOn(joining.held().remove(), LostWhere.NETWORK, nowNanos);
            }
            goLive(JoinResult.REPLAYED, nowNanos);
        }
    }

    private void goLive(JoinResult result, long nowNanos) {
        counters.joined(result);
        state = State.LIVE;
        gap = LostWhere.NETWORK;
        joining.clear();
        unsubscribe(Channel.REPLAY);
        lag.begin(nowNanos);
    }

    private void handOn(ReceivedFrame frame, LostWhere where, long nowNanos) {
        long sequence = frame.head().sequence();
        if (ledger.past(sequence)) {
            return;
        }
        if (ledger.tooFar(sequence, nowNanos)) {
            counters.foreign();
            return;
        }
        if (ledger.begun() && !ledger.follows(sequence)) {
            events.broken();
        }
        ledger.handedOn(sequence, frame.frameSeq(), clock.notAfterNow(frame.head().originNanos(), nowNanos), nowNanos, where);
        if (!lag.keyframesOnly()) {
            gap = LostWhere.NETWORK;
        }
        events.frame(frame, clock);
    }

    /** Asks the origin for a keyframe now, whether or not one is on its way. */
    public void needKeyframe() {
        if (connected && wanted) {
            link.needKeyframe();
        }
    }

    /** Whether there is a connection, as this stream has been told. */
    public boolean isConnected() {
        return connected;
    }

    /** What the origin that is taken has said of itself last; empty if it has said nothing for longer than origins are silent. */
    public Optional<OriginInfo> origin(long nowNanos) {
        return origins.heardLately(nowNanos) ? origins.info() : Optional.empty();
    }
}

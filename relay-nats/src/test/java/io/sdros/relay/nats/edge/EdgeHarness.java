package io.sdros.relay.nats.edge;

import io.sdros.relay.nats.wire.MessageHead;
import io.sdros.relay.nats.wire.MessageKind;
import io.sdros.relay.nats.wire.OriginInfo;
import io.sdros.relay.nats.wire.ReceivedFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** An edge without a connection: what it says and hands on is written down, and time is told to it. */
final class EdgeHarness implements EdgeLink, EdgeEvents {

    static final int ACKER = 7;
    static final long ORIGIN = 11;
    static final long MILLI = 1_000_000;

    final EdgeCounters counters = new EdgeCounters();
    final List<String> said = new ArrayList<>();
    final List<String> handedOn = new ArrayList<>();
    final Edge edge;
    long nowNanos = Long.MAX_VALUE - 500 * MILLI; // it passes the end of the numbers
    long offsetNanos;
    long errorNanos = -1;
    /** Whether the connection is given up when that is asked for. */
    boolean reconnects;
    /** How long frames are on their way. */
    long delayMillis = 5;

    EdgeHarness() {
        this(true);
    }

    EdgeHarness(boolean keyframesNeeded) {
        edge = new Edge(this, this, counters, ACKER, keyframesNeeded, 300 * MILLI, 10_000, nowNanos);
    }

    /** Connected, wanted, and with an origin. */
    static EdgeHarness joining() {
        EdgeHarness harness = new EdgeHarness();
        harness.edge.connected(harness.nowNanos);
        harness.info(ORIGIN, 0, 1);
        harness.edge.tick(true, harness.nowNanos);
        return harness;
    }

    /** Likewise, and behind keyframe 10. */
    static EdgeHarness live() {
        EdgeHarness harness = joining();
        harness.key(10);
        harness.said();
        harness.handedOn();
        return harness;
    }

    void after(long millis) {
        nowNanos += millis * MILLI;
        edge.tick(true, nowNanos);
    }

    void key(long sequence) {
        frame(MessageKind.FRAME, ORIGIN, sequence, true, 0);
    }

    void delta(long sequence) {
        frame(MessageKind.FRAME, ORIGIN, sequence, false, 0);
    }

    void replayed(long sequence, boolean keyframe) {
        frame(MessageKind.REPLAY, ORIGIN, sequence, keyframe, 0);
    }

    void frame(MessageKind kind, long origin, long sequence, boolean keyframe, int acker) {
        byte[] array = new byte[40];
        array[8] = (byte) sequence; // frame_seq
        array[20] = (byte) (keyframe ? 1 : 0);
        array[22] = 1;
        MessageHead head = new MessageHead(kind, 0, 1, acker, origin, sequence, nowNanos - delayMillis * MILLI - offsetNanos);
        if (edge.takes(head, nowNanos)) {
            edge.frame(new ReceivedFrame(head, 0, 0, array, 0), nowNanos);
        }
    }

    void info(long origin, int priority, long epochMillis) {
        info(origin, priority, epochMillis, OriginInfo.State.LIVE, false);
    }

    void info(long origin, int priority, long epochMillis, OriginInfo.State state, boolean standby) {
        edge.heard(new OriginInfo(origin, epochMillis, priority, state, standby, 1, true, ""), nowNanos);
    }

    /** What it has said since this was asked last. */
    String said() {
        String all = String.join(" ", said);
        said.clear();
        return all;
    }

    /** What it has handed on, likewise: sequences, and what lies between. */
    String handedOn() {
        String all = String.join(" ", handedOn);
        handedOn.clear();
        return all;
    }

    @Override
    public void subscribe(Channel channel) {
        said.add("+" + channel.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public void unsubscribe(Channel channel) {
        said.add("-" + channel.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public void join() {
        said.add("join");
    }

    @Override
    public void beat(long atNanos, long lagNanos) {
        said.add("beat");
    }

    @Override
    public void leave() {
        said.add("leave");
    }

    @Override
    public void acknowledge(long originId, long sequence) {
        said.add("ack " + originId + ":" + sequence);
    }

    @Override
    public void needKeyframe() {
        said.add("need_key");
    }

    @Override
    public boolean reconnect(String why) {
        said.add("reconnect");
        return reconnects;
    }

    @Override
    public void frame(ReceivedFrame frame, OriginClock clock) {
        handedOn.add(Long.toString(frame.head().sequence()));
        offsetNanos = clock.toLocalNanos(nowNanos);
        errorNanos = clock.errorNanos(nowNanos);
    }

    @Override
    public void broken() {
        handedOn.add("|");
    }

    @Override
    public void otherOrigin() {
        handedOn.add("other");
    }
}

package io.sdros.relay.nats;

import io.sdros.relay.nats.edge.Assembly;
import io.sdros.relay.nats.edge.Edge;
import io.sdros.relay.nats.edge.EdgeCounters;
import io.sdros.relay.nats.edge.EdgeEvents;
import io.sdros.relay.nats.edge.OriginClock;
import io.sdros.relay.nats.link.LinkMessage;
import io.sdros.relay.nats.link.RelayLink;
import io.sdros.relay.nats.origin.Origin;
import io.sdros.relay.nats.origin.OriginCounters;
import io.sdros.relay.nats.origin.OriginEvents;
import io.sdros.relay.nats.wire.BeatAnswer;
import io.sdros.relay.nats.wire.EdgeId;
import io.sdros.relay.nats.wire.MessageHead;
import io.sdros.relay.nats.wire.OriginInfo;
import io.sdros.relay.nats.wire.ReceivedFrame;
import io.sdros.relay.nats.wire.RelaySubjects;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * A producer, an origin, an edge and a viewer on one thread, whose time passes only when it is told to: what happens follows
 * from what is said, however busy the machine.
 */
final class SimulatedRelay {

    static final RelaySubjects SUBJECTS = RelaySubjects.of("sdr.v1", "front");
    static final long ORIGIN = 0x0123_4567_89AB_CDEFL;
    static final int FRAME_MILLIS = 33;
    private static final int EDGE_TURN_MILLIS = 20;
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int CHUNK_BYTES = 4_096;
    private static final int GROUP_BYTES = 4 << 20;
    private static final int MOST_FRAME_BYTES = 16 << 20;
    private static final long MAX_LAG_MILLIS = 300;
    private static final long CLOCKS_DIFFER_NANOS = TimeUnit.DAYS.toNanos(3);

    private final SimulatedNats nats = new SimulatedNats();
    private final SimulatedNats.Connection originLink = nats.connection();
    private final SimulatedNats.Connection edgeLink = nats.connection();
    private final NumberedFrames frames = new NumberedFrames();
    private final NumberedViewer viewer = new NumberedViewer();
    private final OriginCounters originCounters = new OriginCounters();
    private final EdgeCounters edgeCounters = new EdgeCounters();
    private long nowNanos = TimeUnit.HOURS.toNanos(1);
    private long millis;
    private final Origin origin;
    private final Edge edge;
    private final Assembly assembly;

    SimulatedRelay() {
        origin = new Origin(new OriginConfig("front", "Front", true, 5, Duration.ofMillis(250), CHUNK_BYTES, GROUP_BYTES),
                new Origin.Identity(ORIGIN, 0), new OriginConnection(originLink, SUBJECTS, originLink.newInbox() + ".", () -> { }), frames,
                new Unheard(), originCounters, this::originNanos, () -> { });
        originLink.subscribe(SUBJECTS.up(), message -> origin.up(message.payload(), message.replyTo(), originNanos()));
        originLink.subscribe(SUBJECTS.info(), message -> origin.info(message.payload(), originNanos()));

        long edgeId = EdgeId.random(new Random(1));
        StreamLink streamLink = new StreamLink(edgeLink, SUBJECTS, edgeId, () -> 1, edgeCounters, this::frameMessage, this::answer,
                () -> false, () -> false);
        edge = new Edge(streamLink, new Watched(), edgeCounters, EdgeId.ackerNumber(edgeId), true, MAX_LAG_MILLIS * MILLI,
                MOST_FRAME_BYTES, nowNanos);
        assembly = new Assembly(edge, edgeCounters, 0, MOST_FRAME_BYTES);
        edgeLink.subscribe(SUBJECTS.info(), message -> OriginInfo.parse(message.payload())
                .ifPresentOrElse(said -> edge.heard(said, nowNanos), edgeCounters::malformed));
        edgeLink.onConnected(this::edgeConnected);
        edgeConnected();
    }

    private long originNanos() {
        return nowNanos + CLOCKS_DIFFER_NANOS;
    }

    private void edgeConnected() {
        assembly.giveUp();
        edge.connected(nowNanos);
    }

    private void frameMessage(boolean replay, LinkMessage message) {
        MessageHead.decode(message.payload()).ifPresentOrElse(head -> assembly.message(replay, head, message.payload(), nowNanos),
                edgeCounters::malformed);
    }

    private void answer(LinkMessage message) {
        BeatAnswer.parse(message.payload()).ifPresentOrElse(answer -> edge.answered(answer.origin(), answer.sentNanos(),
                answer.receivedNanos(), answer.answeredNanos(), nowNanos), edgeCounters::malformed);
    }

    /** Another connection to the same server. */
    RelayLink connection() {
        return nats.connection();
    }

    /** Lets this time pass. */
    void pass(long passMillis) {
        for (long end = millis + passMillis; millis < end; millis++) {
            nowNanos += MILLI;
            nats.deliver();
            if (millis % FRAME_MILLIS == 0) {
                frames.makeOne();
            }
            origin.turn(new OriginSource(SourceState.LIVE, 1), originNanos());
            if (millis % EDGE_TURN_MILLIS == 0) {
                assembly.expire(nowNanos);
                edge.tick(true, nowNanos);
            }
        }
    }

    NumberedViewer viewer() {
        return viewer;
    }

    EdgeCounters atEdge() {
        return edgeCounters;
    }

    OriginCounters atOrigin() {
        return originCounters;
    }

    private final class Watched implements EdgeEvents {

        @Override
        public void frame(ReceivedFrame frame, OriginClock clock) {
            viewer.onFrame(new EdgeFrame(frame.array(), frame.headerOffset(), 0, 0, nowNanos, 0));
        }

        @Override
        public void broken() {
            viewer.onDiscontinuity();
        }

        @Override
        public void otherOrigin() {
            viewer.onOtherOrigin();
        }
    }

    /** Nobody is told what an origin hears of its edges. */
    private static final class Unheard implements OriginEvents {

        @Override
        public void keyframeNeeded(String reason, int clients) {
            // Keyframes come anyway.
        }

        @Override
        public void rateAdvised(long edgeId, OptionalLong targetBps, int clients, long carriedBps) {
            // The producer does not listen.
        }

        @Override
        public void edgeGone(long edgeId) {
            // There is nothing to be forgotten.
        }

        @Override
        public void delivered(long sentNanos, long sentBytes, long atNanos) {
            // No rate follows from it.
        }

        @Override
        public void demand(boolean wanted) {
            // The frames are told when they are subscribed to.
        }
    }
}

package io.sdros.relay.nats;

import io.sdros.relay.nats.edge.Assembly;
import io.sdros.relay.nats.edge.Edge;
import io.sdros.relay.nats.edge.EdgeCounters;
import io.sdros.relay.nats.edge.EdgeEvents;
import io.sdros.relay.nats.edge.OriginClock;
import io.sdros.relay.nats.link.LinkMessage;
import io.sdros.relay.nats.link.RelayLink;
import io.sdros.relay.nats.wire.BeatAnswer;
import io.sdros.relay.nats.wire.EdgeId;
import io.sdros.relay.nats.wire.MessageHead;
import io.sdros.relay.nats.wire.OriginInfo;
import io.sdros.relay.nats.wire.ReceivedFrame;
import io.sdros.relay.nats.wire.RelaySubjects;
import io.sdros.relay.nats.wire.UpMessage;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A stream that comes from another machine. It has a thread of its own, which hands on what comes and asks whether the
 * stream is wanted; while it is not, the origin is not asked for it. All methods are for any thread.
 */
public final class EdgeStream implements AutoCloseable {

    private static final long WANTED_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long UNWANTED_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** As late as frames may be before the connection is made anew. */
    private static final long WAITING_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** However much comes, beats go out and viewers are asked after. */
    private static final long LOOKING_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long STOP_MILLIS = 1_000;
    /** Frames and answers that take less have not waited on the connection behind much else. */
    private static final long IN_TIME_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final RelayLink link;
    private final RelaySubjects subjects;
    private final long edgeId;
    private final BooleanSupplier demand;
    private final Set<EdgeStream> running;
    private final EdgeStreamListener listener;
    private final EdgeCounters counters = new EdgeCounters();
    private final Inbox inbox;
    private final Edge edge;
    private final Assembly assembly;
    private final StreamLink streamLink;
    private final Thread thread;
    /** Those that the thread has not come to. */
    private final AtomicInteger connectionsToCome = new AtomicInteger();
    private volatile boolean closed;
    private volatile Optional<OriginInfo> origin = Optional.empty();
    private volatile long lastFrameNanos;
    private volatile boolean anyFrame;
    private RelayLink.LinkSubscription info = () -> { };

    /** @param running of the process: those that are to be told of a new connection */
    EdgeStream(RelayLink link, RelaySubjects subjects, String name, EdgeStreamConfig config, BooleanSupplier demand,
            EdgeStreamListener listener, long edgeId, Set<EdgeStream> running) {
        this.link = link;
        this.edgeId = edgeId;
        this.demand = demand;
        this.listener = listener;
        this.subjects = subjects;
        this.running = running;
        inbox = new Inbox(config.waitingBytes(), WAITING_NANOS);
        streamLink = new StreamLink(link, subjects, edgeId, config.viewers(), counters, this::frameMessage, this::answer,
                this::othersInTime, () -> connectionsToCome.get() > 0);
        edge = new Edge(streamLink, new HandedOn(), counters, EdgeId.ackerNumber(edgeId), config.keyframesNeeded(),
                config.maxLag().toNanos(), config.waitingBytes(), System.nanoTime());
        assembly = new Assembly(edge, counters, config.headroomBytes(), config.maxFrameBytes());
        thread = new Thread(this::run, "relay-" + name);
        thread.setDaemon(true);
    }

    /** Starts the thread. Once. */
    public void start() {
        info = link.subscribe(subjects.info(), this::info);
        running.add(this);
        if (link.connected()) {
            onConnected();
        }
        thread.start();
    }

    /** There is another connection; what comes from now on has come over it. */
    void onConnected() {
        connectionsToCome.incrementAndGet();
        inbox.putAnyway(this::connectedAnew);
        wakeUp();
    }

    /** Somebody has joined or left, which the thread is to see to soon. */
    public void wakeUp() {
        LockSupport.unpark(thread);
    }

    private void put(Runnable action, int lengthBytes, long nowNanos) {
        if (!closed && inbox.put(action, lengthBytes, nowNanos)) {
            LockSupport.unpark(thread);
        }
    }

    // Here the time is taken, since it may be a while until the stream's thread looks; and what has no head takes no room there.
    private void frameMessage(boolean replay, LinkMessage message) {
        long nowNanos = System.nanoTime();
        byte[] payload = message.payload();
        MessageHead.decode(payload).ifPresentOrElse(
                head -> put(() -> assembly.message(replay, head, payload, nowNanos), payload.length, nowNanos), counters::malformed);
    }

    private void answer(LinkMessage message) {
        long nowNanos = System.nanoTime();
        BeatAnswer.parse(message.payload()).ifPresentOrElse(answer -> put(() -> edge.answered(answer.origin(), answer.sentNanos(),
                answer.receivedNanos(), answer.answeredNanos(), nowNanos), message.payload().length, nowNanos), counters::malformed);
    }

    private void info(LinkMessage message) {
        long nowNanos = System.nanoTime();
        OriginInfo.parse(message.payload()).ifPresentOrElse(
                said -> put(() -> edge.heard(said, nowNanos), message.payload().length, nowNanos), counters::malformed);
    }

    private boolean othersInTime() {
        long nowNanos = System.nanoTime();
        return running.stream().anyMatch(other -> other != this && other.inTime(nowNanos));
    }

    /**
     * Lag alone does not tell: to a stream that was joined when much was waiting already, that is how it has always been. The
     * round trip does.
     */
    private boolean inTime(long nowNanos) {
        long roundTripNanos = counters.roundTripNanos();
        return anyFrame && nowNanos - lastFrameNanos < IN_TIME_NANOS && counters.lagNanos() < IN_TIME_NANOS
                && roundTripNanos >= 0 && roundTripNanos < IN_TIME_NANOS;
    }

    private void connectedAnew() {
        connectionsToCome.decrementAndGet();
        assembly.giveUp();
        edge.connected(System.nanoTime());
    }

    private void run() {
        while (!closed) {
            boolean wanted = false;
            try {
                wanted = turn();
            } catch (RuntimeException | Error e) {
                uncaught(e);
            }
            if (inbox.isEmpty()) {
                LockSupport.parkNanos(this, wanted ? WANTED_PAUSE_NANOS : UNWANTED_PAUSE_NANOS);
            }
        }
        edge.tick(false, System.nanoTime());
    }

    private boolean turn() {
        if (edge.isConnected() && !link.connected()) {
            edge.disconnected();
        }
        long lookNanos = System.nanoTime();
        long untilNanos = lookNanos + LOOKING_NANOS;
        while (!closed && lookNanos - untilNanos < 0 && inbox.runNext(lookNanos)) {
            lookNanos = System.nanoTime();
            long refused = inbox.takeRefused();
            if (refused > 0) {
                edge.overflowed(refused);
            }
        }
        long nowNanos = System.nanoTime();
        assembly.expire(nowNanos);
        boolean wanted = demand.getAsBoolean();
        edge.tick(wanted, nowNanos);
        origin = edge.origin(nowNanos);
        listener.onPoll(nowNanos);
        return wanted;
    }

    private void uncaught(Throwable failure) {
        try {
            listener.onUncaught(failure);
        } catch (RuntimeException | Error e) {
            Thread.yield(); // there is nobody left to tell
        }
    }

    /**
     * Asks the origin for a keyframe.
     *
     * @param reason  join, lag or timeout
     * @param clients how many need it
     * @return false if there is no connection
     */
    public boolean requestKeyframe(String reason, int clients) {
        return link.publish(subjects.up(), new UpMessage.NeedKey(edgeId, reason, clients).json());
    }

    /**
     * Tells the origin what the viewers' connections carry.
     *
     * @param targetBps  what the encoder should produce; empty: no limit is known
     * @param clients    whose feedback is known
     * @param carriedBps what the deciding one's connection has carried of late
     * @return false if there is no connection
     */
    public boolean adviseRate(OptionalLong targetBps, int clients, long carriedBps) {
        return link.publish(subjects.up(), new UpMessage.Rate(edgeId, targetBps, clients, carriedBps).json());
    }

    public EdgeSource source() {
        Optional<OriginInfo> now = origin;
        return new EdgeSource(link.connected(), now.map(said -> EdgeSource.State.valueOf(said.state().name()))
                .orElse(EdgeSource.State.SILENT), now.map(OriginInfo::title).orElse(""), now.map(OriginInfo::codec).orElse(0));
    }

    /** How long ago the last frame was handed on; empty before the first. */
    public OptionalLong lastFrameAgeNanos() {
        return anyFrame ? OptionalLong.of(System.nanoTime() - lastFrameNanos) : OptionalLong.empty();
    }

    public EdgeStatistics statistics() {
        return new EdgeStatistics(counters.receivedFrames(), counters.lostFrames(), counters.foreignFrames(), counters.malformedTotal(),
                counters.lagSkipsTotal(), counters.joinsByResult(), counters.lagNanos(), counters.roundTripNanos(), counters.wanted());
    }

    /** Says that the stream is wanted no more, and ends the thread. Not to be called on it. */
    @Override
    public void close() {
        closed = true;
        running.remove(this);
        info.close();
        LockSupport.unpark(thread);
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class HandedOn implements EdgeEvents {

        @Override
        public void frame(ReceivedFrame frame, OriginClock clock) {
            long nowNanos = System.nanoTime();
            boolean handedOn = false;
            try {
                listener.onFrame(converted(frame, clock, nowNanos));
                handedOn = true;
            } finally {
                lastFrameNanos = nowNanos;
                anyFrame = true;
                if (!handedOn) {
                    // It is lost, so what follows does not continue what went before.
                    listener.onDiscontinuity();
                }
            }
        }

        private EdgeFrame converted(ReceivedFrame frame, OriginClock clock, long nowNanos) {
            if (!clock.known()) {
                return new EdgeFrame(frame.array(), frame.headerOffset(), 0, 0, nowNanos, 0);
            }
            long toLocalNanos = clock.toLocalNanos(nowNanos);
            return new EdgeFrame(frame.array(), frame.headerOffset(), local(frame.captureNanos(), toLocalNanos),
                    local(frame.commitNanos(), toLocalNanos), nowNanos, clock.errorNanos(nowNanos));
        }

        private static long local(long originNanos, long toLocalNanos) {
            return originNanos == 0 ? 0 : originNanos + toLocalNanos;
        }

        @Override
        public void broken() {
            listener.onDiscontinuity();
        }

        @Override
        public void otherOrigin() {
            listener.onOtherOrigin();
        }
    }
}

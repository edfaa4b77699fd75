package io.sdros.relay.nats.origin;

import io.sdros.relay.nats.OriginConfig;
import io.sdros.relay.nats.OriginFrame;
import io.sdros.relay.nats.OriginFrames;
import io.sdros.relay.nats.OriginSource;
import io.sdros.relay.nats.SourceState;
import io.sdros.relay.nats.wire.BeatAnswer;
import io.sdros.relay.nats.wire.Chunker;
import io.sdros.relay.nats.wire.MessageHead;
import io.sdros.relay.nats.wire.MessageKind;
import io.sdros.relay.nats.wire.OriginInfo;
import io.sdros.relay.nats.wire.UpMessage;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * One stream as it is published: while edges want it, and nobody better publishes it, it is a subscriber of the stream like
 * a viewer, and what it polls goes out. One thread; {@link #turn} is to be called often, and after each other call.
 */
public final class Origin {

    private static final long INFO_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long REPLAY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** So much may wait to be written before the next frame is begun. */
    private static final long PENDING_BYTES = 1 << 20;

    /** For so long after a subscription the next one may begin with frames that were published before. */
    private static final long RESUMED_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long BLOCKED_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long UNWANTED_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final int CODEC_OFFSET = 22;
    private static final VarHandle U16 = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    /** Who it is: an id, random per start, and when that was, in milliseconds since 1970. */
    public record Identity(long id, long epochMillis) {
    }

    private final OriginConfig config;
    private final Identity identity;
    private final OriginLink link;
    private final OriginFrames frames;
    private final OriginEvents events;
    private final OriginCounters counters;
    private final LongSupplier nanoClock;
    private final Runnable wakeUp;
    private final Edges edges = new Edges();
    private final AckWindow window;
    private final SentGroup group;
    private final Rivals rivals = new Rivals();

    private Optional<OriginFrames.Subscription> subscription = Optional.empty();
    private Chunker chunker;
    private OriginSource source = new OriginSource(SourceState.ABSENT, 0);
    private boolean standby;
    private int codec;
    /** The subscription is new, and what it begins with may have been published before. */
    private boolean resuming;
    /** Whether it is known that what is kept for those who join belongs to what is polled now. */
    private boolean groupCurrent = true;
    private long stoppedNanos;
    /** A frame was left out here, and those behind it are of no use to who has not got it. */
    private boolean keyframeAwaited;
    private long sequence;
    private long sentBytes;
    private boolean infoDue = true;
    private long infoNanos;
    private boolean joinPending;
    /** What had been published when the last of those joined who wait for a replay. */
    private long joinSequence;
    private boolean replayedOnce;
    private long replayNanos;
    private boolean replaying;
    private final Deque<SentGroup.Sent> toReplay = new ArrayDeque<>();

    /**
     * One that nobody wants yet.
     *
     * @param wakeUp called on any thread when {@link #turn} is to be called soon
     */
    public Origin(OriginConfig config, Identity identity, OriginLink link, OriginFrames frames, OriginEvents events,
            OriginCounters counters, LongSupplier nanoClock, Runnable wakeUp) {
        this.config = config;
        this.identity = identity;
        this.link = link;
        this.frames = frames;
        this.events = events;
        this.counters = counters;
        this.nanoClock = nanoClock;
        this.wakeUp = wakeUp;
        window = new AckWindow(config.window().toNanos());
        group = new SentGroup(config.groupBytes());
        chunker = chunker();
    }

    private Chunker chunker() {
        return new Chunker(Math.max(Chunker.LEAST_MESSAGE_BYTES, Math.min(config.chunkBytes(), link.maxPayloadBytes())));
    }

    /** There is another connection. */
    public void connected() {
        chunker = chunker();
        window.forget();
        endReplay();
        infoDue = true;
    }

    /** Something came from an edge, or from anybody. */
    public void up(byte[] json, Optional<String> replyTo, long atNanos) {
        Optional<UpMessage> message = UpMessage.parse(json);
        if (message.isEmpty()) {
            counters.malformed();
            return;
        }
        UpMessage said = message.get();
        if (said instanceof UpMessage.Beat beat) {
            edges.beat(beat.edge(), beat.lagMicros(), beat.rttMicros(), atNanos);
            replyTo.ifPresent(to -> link.answer(to,
                    new BeatAnswer(identity.id(), beat.sentNanos(), atNanos, nanoClock.getAsLong()).json()));
        } else if (said instanceof UpMessage.Join) {
            edges.heard(said.edge(), atNanos);
            window.joined(said.edge());
            joinPending = true;
            joinSequence = sequence;
        } else if (said instanceof UpMessage.Leave) {
            if (edges.remove(said.edge())) {
                events.edgeGone(said.edge());
            }
        } else if (edges.get(said.edge()).isPresent()) {
            // What follows says nothing new about whether an edge wants the stream, so it makes nobody known.
            if (said instanceof UpMessage.Ack ack) {
                acknowledged(ack, atNanos);
            } else if (said instanceof UpMessage.NeedKey need) {
                events.keyframeNeeded(need.reason(), (int) Math.min(Integer.MAX_VALUE, need.clients()));
            } else if (said instanceof UpMessage.Rate rate) {
                events.rateAdvised(rate.edge(), rate.targetBps(), (int) Math.min(Integer.MAX_VALUE, rate.clients()), rate.carriedBps());
            }
        }
    }

    private void acknowledged(UpMessage.Ack ack, long atNanos) {
        if (ack.origin() == identity.id() && ack.sequence() <= sequence) {
            window.acknowledged(ack.edge(), ack.sequence(), atNanos)
                    .ifPresent(frame -> events.delivered(frame.sentNanos(), frame.sentBytes(), atNanos));
        }
    }

    /** Something was said by an origin of this name, which may be this one. */
    public void info(byte[] json, long atNanos) {
        Optional<OriginInfo> said = OriginInfo.parse(json);
        if (said.isEmpty()) {
            counters.malformed();
        } else if (said.get().origin() != identity.id()) {
            rivals.heard(said.get(), atNanos);
        }
    }

    /** Nobody has heard the keyframe of this number. */
    public void noResponders(long keyframeSequence) {
        // Who joined after it was published could not hear it.
        if (keyframeSequence > joinSequence) {
            edges.clear(events::edgeGone);
        }
    }

    /**
     * Does what is due.
     *
     * @param now how the source is
     * @return how long nothing will be due, unless something comes
     */
    public long turn(OriginSource now, long nowNanos) {
        edges.expire(nowNanos, events::edgeGone);
        infoDue |= !now.equals(source);
        source = now;
        boolean stands = rivals.anyBetterThan(info(), nowNanos);
        infoDue |= stands != standby;
        standby = stands;
        counters.standby(stands);
        say(nowNanos);
        demand(edges.count() > 0 && !standby && link.connected());
        boolean blocked = subscription.isPresent() && !publishAll(subscription.get());
        blocked |= !replay(nowNanos);
        if (subscription.isEmpty() && nowNanos - stoppedNanos > RESUMED_NANOS) {
            group.clear();
        }
        count();
        return blocked ? BLOCKED_PAUSE_NANOS : subscription.isPresent() ? PAUSE_NANOS : UNWANTED_PAUSE_NANOS;
    }

    private void say(long nowNanos) {
        if ((infoDue || nowNanos - infoNanos >= INFO_NANOS) && link.connected()) {
            infoDue = false;
            infoNanos = nowNanos;
            link.publishInfo(info().json());
        }
    }

    private OriginInfo info() {
        return new OriginInfo(identity.id(), identity.epochMillis(), config.priority(), OriginInfo.State.valueOf(source.state().name()),
                standby, codec == 0 ? source.codec() : codec, config.gating(), config.title());
    }

    private void demand(boolean wanted) {
        if (wanted && subscription.isEmpty()) {
            resuming = !group.isEmpty();
            groupCurrent = !resuming;
            subscription = Optional.of(frames.subscribe(wakeUp));
            events.demand(true);
        } else if (!wanted && subscription.isPresent()) {
            stop();
        }
    }

    private void stop() {
        subscription.ifPresent(OriginFrames.Subscription::close);
        subscription = Optional.empty();
        stoppedNanos = nanoClock.getAsLong();
        window.forget();
        endReplay();
        joinPending = joinPending && edges.count() > 0;
        events.demand(false);
    }

    /** @return false if there may be more than can be sent now */
    private boolean publishAll(OriginFrames.Subscription from) {
        from.beginDrain();
        while (mayBegin()) {
            Optional<OriginFrame> frame = from.poll();
            if (frame.isEmpty()) {
                return true;
            }
            if (!publishedBefore(frame.get())) {
                publish(frame.get());
            }
        }
        return false;
    }

    /** A subscription begins with frames that may have gone out before it; who joined has those from the replay. */
    private boolean publishedBefore(OriginFrame frame) {
        boolean before = resuming && group.contains(frame);
        resuming &= before;
        groupCurrent = true;
        return before;
    }

    private boolean mayBegin() {
        return link.pendingBytes() <= PENDING_BYTES && window.maySend(edges, nanoClock.getAsLong());
    }

    private void publish(OriginFrame frame) {
        if (keyframeAwaited && !frame.keyframe()) {
            return;
        }
        int chunks = chunker.chunks(frame.lengthBytes());
        if (chunks > MessageHead.MOST_CHUNKS) {
            counters.tooLong();
            keyframeAwaited = config.gating();
            return;
        }
        codec = Short.toUnsignedInt((short) U16.get(frame.array(), frame.headerOffset() + CODEC_OFFSET));
        long number = sequence + 1;
        long startNanos = nanoClock.getAsLong();
        for (int chunk = 0; chunk < chunks; chunk++) {
            byte[] message = message(MessageKind.FRAME, chunk, chunks, window.ackerNumber(), number, frame);
            boolean sent = !frame.keyframe() ? link.publishOther(message)
                    : chunk < chunks - 1 ? link.publishKeyframe(message) : link.publishKeyframeEnd(message, number);
            if (!sent && chunk == 0) {
                // Nobody has seen anything of it: to the edges it is a frame that the origin has left out.
                leftOut();
                return;
            }
        }
        keyframeAwaited = false;
        sequence = number;
        sentBytes += frame.lengthBytes();
        counters.published(frame.lengthBytes());
        window.sent(number, sentBytes, startNanos);
        group.add(number, frame);
    }

    private void leftOut() {
        if (config.gating()) {
            keyframeAwaited = true;
            events.keyframeNeeded("lag", 1);
        }
    }

    private byte[] message(MessageKind kind, int chunk, int chunks, int acker, long number, OriginFrame frame) {
        byte[] message = chunker.message(chunk, frame.captureNanos(), frame.commitNanos(), frame.array(), frame.headerOffset(),
                frame.lengthBytes());
        new MessageHead(kind, chunk, chunks, acker, identity.id(), number, nanoClock.getAsLong()).encode(message);
        return message;
    }

    /** @return false if there is more than can be sent now */
    private boolean replay(long nowNanos) {
        if (joinPending && !replaying && groupCurrent && subscription.isPresent()
                && (!replayedOnce || nowNanos - replayNanos >= REPLAY_NANOS)) {
            joinPending = false;
            replayedOnce = true;
            replayNanos = nowNanos;
            replaying = true;
            toReplay.addAll(group.upTo(joinSequence));
            counters.replayed(!toReplay.isEmpty());
        }
        while (replaying) {
            // With the next keyframe everybody has what there is to be had.
            if (toReplay.isEmpty() || !group.contains(toReplay.peek().sequence())) {
                byte[] end = new byte[MessageHead.BYTES];
                new MessageHead(MessageKind.END_OF_REPLAY, 0, 1, 0, identity.id(), sequence, nanoClock.getAsLong()).encode(end);
                link.publishReplay(end);
                endReplay();
            } else if (link.pendingBytes() > PENDING_BYTES) {
                return false;
            } else {
                replay(toReplay.remove());
            }
        }
        return true;
    }

    private void replay(SentGroup.Sent sent) {
        int chunks = chunker.chunks(sent.frame().lengthBytes());
        for (int chunk = 0; chunk < chunks; chunk++) {
            link.publishReplay(message(MessageKind.REPLAY, chunk, chunks, 0, sent.sequence(), sent.frame()));
        }
    }

    private void endReplay() {
        replaying = false;
        toReplay.clear();
    }

    private void count() {
        counters.edges(edges.count());
        counters.windowClosings(window.closings());
        window.acker().ifPresent(id -> edges.get(id).ifPresent(edge -> counters.way(edge.lagMicros(), edge.rttMicros())));
    }

    /** Wants nothing of the stream any more, and says nothing. */
    public void close() {
        edges.clear(events::edgeGone);
        if (subscription.isPresent()) {
            stop();
        }
        counters.edges(0);
    }
}

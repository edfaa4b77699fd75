package io.sdros.relay.nats;

import io.sdros.relay.nats.link.LinkMessage;
import io.sdros.relay.nats.link.RelayLink;
import io.sdros.relay.nats.origin.Origin;
import io.sdros.relay.nats.origin.OriginCounters;
import io.sdros.relay.nats.origin.OriginEvents;
import io.sdros.relay.nats.wire.RelaySubjects;
import io.sdros.relay.nats.wire.UpMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream that goes out to other machines. It has a thread of its own, which sends what the stream's broadcaster has for it
 * while edges want it. All methods are for any thread.
 */
public final class OriginStream implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OriginStream.class);
    /** What waits to be looked at. Those that do not fit are counted: nobody but an attacker sends so many. */
    private static final long WAITING_BYTES = 1 << 20;
    /** Nobody is late who waits for less than an edge is taken to be gone after. */
    private static final long WAITING_NANOS = 3_000_000_000L;
    /** What comes after that is for the next turn: however much comes, frames go out. */
    private static final long LOOKING_NANOS = 2_000_000L;
    private static final long STOP_MILLIS = 1_000;
    private static final long FAILED_PAUSE_NANOS = 50_000_000L;
    private static final long NANOS_PER_MICRO = 1_000L;
    /** What it takes to know the state of a source is not spent for each frame. */
    private static final long LOOK_NANOS = 200_000_000L;

    private final RelayLink link;
    private final RelaySubjects subjects;
    private final String stream;
    private final Supplier<OriginSource> source;
    private final String noRespondersInbox;
    private final OriginCounters counters = new OriginCounters();
    private final LongAdder refused = new LongAdder();
    private final Origin origin;
    private final Thread thread;
    private final Inbox inbox = new Inbox(WAITING_BYTES, WAITING_NANOS);
    private final List<RelayLink.LinkSubscription> subscriptions = new ArrayList<>();
    private boolean lastTurnFailed;
    private OriginSource sourceNow = new OriginSource(SourceState.ABSENT, 0);
    private long lookedNanos;
    private boolean looked;
    private volatile boolean closed;

    OriginStream(RelayLink link, String prefix, OriginConfig config, Origin.Identity identity, OriginFrames frames,
            OriginListener listener, Supplier<OriginSource> source) {
        this.link = link;
        this.source = source;
        stream = config.stream();
        subjects = RelaySubjects.of(prefix, stream);
        noRespondersInbox = link.newInbox() + ".";
        origin = new Origin(config, identity, new OriginConnection(link, subjects, noRespondersInbox, refused::increment), frames,
                new Told(listener), counters, System::nanoTime, this::wakeUp);
        thread = new Thread(this::run, "relay-" + stream);
        thread.setDaemon(true);
    }

    /** Starts the thread. Once. */
    public void start() {
        subscriptions.add(link.subscribe(subjects.up(), this::up));
        subscriptions.add(link.subscribe(subjects.info(), this::info));
        subscriptions.add(link.subscribe(noRespondersInbox + "*", this::noResponders));
        link.onConnected(this::connected);
        inbox.putAnyway(origin::connected);
        thread.start();
    }

    private void connected() {
        inbox.putAnyway(origin::connected);
        wakeUp();
    }

    // Here the time is taken, since it may be a while until the stream's thread looks.
    private void up(LinkMessage message) {
        long nowNanos = System.nanoTime();
        putShort(message, () -> origin.up(message.payload(), message.replyTo(), nowNanos), nowNanos);
    }

    private void info(LinkMessage message) {
        long nowNanos = System.nanoTime();
        putShort(message, () -> origin.info(message.payload(), nowNanos), nowNanos);
    }

    private void noResponders(LinkMessage message) {
        String number = message.subject().substring(noRespondersInbox.length());
        if (message.noResponders() && number.matches("[0-9]{1,18}")) {
            put(() -> origin.noResponders(Long.parseLong(number)), 0, System.nanoTime());
        }
    }

    /** Longer ones say nothing, and so many of them as may wait would fill the memory. */
    private void putShort(LinkMessage message, Runnable action, long nowNanos) {
        if (message.payload().length > UpMessage.MOST_BYTES) {
            refused.increment();
        } else {
            put(action, message.payload().length, nowNanos);
        }
    }

    private void put(Runnable action, int lengthBytes, long nowNanos) {
        if (closed) {
            refused.increment();
        } else {
            inbox.put(action, lengthBytes, nowNanos);
            wakeUp();
        }
    }

    private void wakeUp() {
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!closed) {
            long pauseNanos = turn();
            if (inbox.isEmpty() || lastTurnFailed) {
                LockSupport.parkNanos(this, pauseNanos);
            }
        }
        origin.close();
    }

    /** @return how long to wait */
    private long turn() {
        try {
            long nowNanos = System.nanoTime();
            long untilNanos = nowNanos + LOOKING_NANOS;
            while (nowNanos - untilNanos < 0 && inbox.runNext(nowNanos)) {
                nowNanos = System.nanoTime();
            }
            refused.add(inbox.takeRefused());
            if (!looked || nowNanos - lookedNanos >= LOOK_NANOS) {
                looked = true;
                lookedNanos = nowNanos;
                sourceNow = source.get();
            }
            long pauseNanos = origin.turn(sourceNow, nowNanos);
            lastTurnFailed = false;
            return pauseNanos;
        } catch (RuntimeException | Error e) {
            if (!lastTurnFailed) {
                LOG.error("{}: the relay went on after a failure; further ones in a row are not logged", stream, e);
            }
            lastTurnFailed = true;
            return FAILED_PAUSE_NANOS;
        }
    }

    public OriginStatistics statistics() {
        return new OriginStatistics(counters.published(), counters.publishedBytes(), counters.framesTooLong(), counters.edgesNow(),
                counters.replays(), counters.emptyReplays(), counters.closings(), counters.malformedMessages() + refused.sum(),
                counters.lagMicrosNow() * NANOS_PER_MICRO, counters.rttMicrosNow() * NANOS_PER_MICRO, counters.standsBy());
    }

    /** Publishes nothing any more, and ends the thread. Not to be called on it. */
    @Override
    public void close() {
        closed = true;
        subscriptions.forEach(RelayLink.LinkSubscription::close);
        wakeUp();
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Says it to others, and the log what is worth a line. */
    private final class Told implements OriginEvents {
        private final OriginListener listener;

        Told(OriginListener listener) {
            this.listener = listener;
        }

        @Override
        public void keyframeNeeded(String reason, int clients) {
            listener.onKeyframeNeeded(reason, clients);
        }

        @Override
        public void rateAdvised(long edge, OptionalLong targetBps, int clients, long carriedBps) {
            listener.onRateAdvised(edge, targetBps, clients, carriedBps);
        }

        @Override
        public void edgeGone(long edge) {
            listener.onEdgeGone(edge);
        }

        @Override
        public void delivered(long sentNanos, long sentBytes, long nowNanos) {
            listener.onDelivered(sentNanos, sentBytes, nowNanos);
        }

        @Override
        public void demand(boolean wanted) {
            LOG.debug("{}: {}", stream, wanted ? "wanted on other machines, publishing" : "wanted on no other machine");
            listener.onDemand(wanted);
        }
    }
}

package io.sdros.transport.undertow;

import io.sdros.transport.undertow.sdr2.ClockMessage;
import io.sdros.transport.undertow.sdr2.FeedbackMessage;
import io.sdros.transport.undertow.sdr2.Inbound;
import io.sdros.transport.undertow.sdr2.Judgement;
import io.sdros.transport.undertow.sdr2.MessageRate;
import io.sdros.transport.undertow.sdr2.SentFrame;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/** Listens to one client that speaks sdr.2. On its I/O thread, but for the reports. */
final class Sdr2Session implements Inbound.Receiver {

    /** The client's subscription to video. */
    interface Video {

        /** Whether live frames are being sent. */
        boolean streaming();

        /** Whether frames were left out since the client asked for fewer. */
        boolean reduced();

        void pause();

        /** @param replay whether it begins with what is kept for newcomers */
        void join(boolean replay);
    }

    /** So long after joining, a client that has not spoken of any frame it was sent since is taken to be waiting for it. */
    private static final long ON_ITS_WAY_NANOS = 3_000_000_000L;
    private static final long NANOS_PER_MICRO = 1000;

    private final long viewer;
    private final Sdr2Sending sending;
    private final FeedCounters counters;
    private final ViewerListener listener;
    private final IntConsumer ignored;
    private final LongSupplier nanoClock;
    private final MessageRate rate = new MessageRate();
    private final VideoWish wish = new VideoWish();
    private final Video video;

    private int messageBytes; // of the message that is being looked at
    private long messageNanos;
    private SentFrame received; // the newest of which it has spoken; null before the first
    private long receivedNanos;
    private long joinedNanos;
    private long framesBeforeJoin;
    private boolean paused;

    private volatile Optional<Heard> heard = Optional.empty();

    /** A feedback that can be true. */
    private record Heard(ViewerFeedback feedback, ViewerDelays delays) {
    }

    /**
     * Makes one.
     *
     * @param viewer  its number among the feed's
     * @param video   told what to do, as the client wants it
     * @param ignored told the length of a message that means nothing
     */
    Sdr2Session(long viewer, Sdr2Sending sending, FeedCounters counters, ViewerListener listener, LongSupplier nanoClock,
            Video video, IntConsumer ignored) {
        this.viewer = viewer;
        this.sending = sending;
        this.counters = counters;
        this.listener = listener;
        this.nanoClock = nanoClock;
        this.video = video;
        this.ignored = ignored;
        joinedNanos = nanoClock.getAsLong();
    }

    /** Its number among the feed's. */
    long viewer() {
        return viewer;
    }

    /** A message is complete; returns false if it is one too many. */
    boolean mayGoOn() {
        messageNanos = nanoClock.getAsLong();
        return rate.message(messageNanos);
    }

    /** A message that may go on, with its beginning. */
    void message(byte[] start, int lengthBytes) {
        messageBytes = lengthBytes;
        Inbound.dispatch(start, lengthBytes, messageNanos, this);
    }

    /** Any thread: what it has said; empty before its first feedback. */
    Optional<ViewerReport.Said> said(long nowNanos) {
        return heard.map(last -> new ViewerReport.Said(last.feedback,
                Duration.ofNanos(Math.max(0, nowNanos - last.feedback.atNanos())), sending.window().unreceived(),
                sending.window().open(nowNanos), last.delays));
    }

    @Override
    public void onClock(ClockMessage message) {
        sending.outbox().clock(message); // who reads from the socket writes afterwards
    }

    @Override
    public void onFeedback(FeedbackMessage message) {
        Judgement judgement = Judgement.of(message, sending.sent(), messageNanos);
        if (judgement == null) {
            counters.feedback(FeedbackResult.IMPOSSIBLE);
            return;
        }
        sending.window().feedback(judgement, messageNanos);
        if (judgement.received() != null) {
            if (received == null || judgement.received().index() > received.index()) {
                sending.carried().received(judgement.received(), message.receivedNanos(), sending.window().leastDelayNanos(),
                        message.clockErrorMicros() * NANOS_PER_MICRO);
            }
            received = judgement.received();
            receivedNanos = message.receivedNanos();
        }
        ViewerState state = ViewerState.of(message.state());
        ViewerDelays now = ViewerDelays.of(judgement);
        now.nanos().forEach(counters::viewerDelay);
        ViewerFeedback feedback = feedback(message, state);
        heard = Optional.of(new Heard(feedback, now));
        listener.onFeedback(feedback);
        switch (wish.step(state, video.streaming() && !onItsWay(), messageNanos)) {
            case PAUSE -> pause();
            case JOIN -> join(true);
            case REJOIN -> join(false);
            default -> { }
        }
        counters.feedback(FeedbackResult.ACCEPTED); // last: who sees it sees what it has led to
    }

    /** On a slow link what the client joined for has left the server long before it comes, and the same again would double it. */
    private boolean onItsWay() {
        return (received == null || received.index() < framesBeforeJoin) && messageNanos - joinedNanos < ON_ITS_WAY_NANOS;
    }

    private void pause() {
        video.pause();
        paused = true;
    }

    private void join(boolean replay) {
        if (paused) {
            sending.window().resumed();
            paused = false;
        }
        video.join(replay);
        joinedNanos = messageNanos;
        framesBeforeJoin = sending.sent().count();
    }

    private ViewerFeedback feedback(FeedbackMessage message, ViewerState state) {
        boolean known = received != null;
        return new ViewerFeedback(viewer, messageNanos, state, message.decodeQueue(), message.clockErrorMicros(),
                known ? received.frameSeq() : 0, receivedNanos, known ? received.endBytes() : 0,
                known ? receivedNanos - received.begunNanos() : -1, sending.window().delayGrown(), video.reduced(),
                message.received(), message.decoded(), message.dropped());
    }

    @Override
    public void onMalformed() {
        counters.feedback(FeedbackResult.MALFORMED);
    }

    @Override
    public void onUnknown() {
        ignored.accept(messageBytes);
    }
}

package io.sdros.server.stream;

import io.sdros.server.bus.Upstream;
import io.sdros.server.rate.RateAdvisor;
import io.sdros.server.rate.RateSample;
import io.sdros.transport.undertow.ViewerFeedback;
import io.sdros.transport.undertow.ViewerLeft;
import io.sdros.transport.undertow.ViewerListener;
import io.sdros.transport.undertow.ViewerState;
import java.net.InetAddress;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Hears a stream's viewers and tells its encoder what their connections carry: as soon as it is known, and again while it holds. Any
 * thread; on the I/O threads it is as short as one look at the samples of a second.
 */
final class RateAdvising implements ViewerListener {

    private static final long NANOS_PER_MICRO = 1000;

    private final RateAdvisor advisor;
    private final Upstream upstream;
    private final LongSupplier producedBytes;
    private final LongSupplier nanoClock;
    private final ViewerListener next;

    /**
     * Begins with nothing known.
     *
     * @param producedBytes of the stream's frames so far
     * @param next told the same
     */
    RateAdvising(RateAdvisor advisor, Upstream upstream, LongSupplier producedBytes, LongSupplier nanoClock,
            ViewerListener next) {
        this.advisor = advisor;
        this.upstream = upstream;
        this.producedBytes = producedBytes;
        this.nanoClock = nanoClock;
        this.next = next;
    }

    @Override
    public void onJoined(InetAddress address) {
        next.onJoined(address);
    }

    @Override
    public void onFeedback(ViewerFeedback feedback) {
        if (feedback.state() == ViewerState.PAUSED || feedback.reduced()) {
            advisor.gone(feedback.viewer());
        } else if (feedback.delayNanos() >= 0) {
            advisor.feedback(feedback.viewer(), new RateSample(feedback.atNanos(), feedback.receivedNanos(), feedback.carriedBytes(),
                    feedback.delayNanos(), feedback.clockErrorMicros() * NANOS_PER_MICRO));
        }
        tell();
        next.onFeedback(feedback);
    }

    @Override
    public void onLeft(ViewerLeft left) {
        left.viewer().ifPresent(advisor::gone);
        next.onLeft(left);
    }

    @Override
    public void onMessageIgnored(InetAddress address, int lengthBytes) {
        next.onMessageIgnored(address, lengthBytes);
    }

    /** What an edge says of its viewers. */
    void edge(long edge, OptionalLong targetBps, int clients, long carriedBps) {
        advisor.edge(edge, targetBps, clients, carriedBps, nanoClock.getAsLong());
        tell();
    }

    /** An edge has left. */
    void edgeGone(long edge) {
        advisor.edgeGone(edge);
        tell();
    }

    /**
     * A frame has come to the edges.
     *
     * @param sentBytes up to its end, of all that were sent to them
     */
    void delivered(long sentNanos, long sentBytes, long nowNanos) {
        advisor.uplink(new RateSample(nowNanos, nowNanos, sentBytes, nowNanos - sentNanos));
        tell();
    }

    /** Whether {@link #tell} may have something to tell. */
    boolean active() {
        return !advisor.idle();
    }

    /** Tells the encoder what is due; to be called from time to time besides, for when no viewer says anything. */
    void tell() {
        if (advisor.idle()) {
            return;
        }
        advisor.due(nanoClock.getAsLong(), producedBytes.getAsLong())
                .ifPresent(upstream::adviseRate);
    }
}

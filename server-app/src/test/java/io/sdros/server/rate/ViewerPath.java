package io.sdros.server.rate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * One viewer and what the server does for it: a queue that skips to a keyframe when it is too old, the window that keeps frames back
 * while those before are not received, a connection, and the viewer's feedback.
 */
final class ViewerPath {

    private static final long WINDOW_NANOS = 250 * Timeline.MILLI;
    private static final long FEEDBACK_NANOS = 200 * Timeline.MILLI;
    private static final long GROWN_NANOS = 50 * Timeline.MILLI;
    private static final long MAX_LATENCY_NANOS = 500 * Timeline.MILLI;
    private static final long SEND_BUFFER_BYTES = 400_000;

    /** What is told of each feedback. */
    interface Listener {
        void feedback(RateSample sample, long sentBytes, long waitingNanos, boolean windowClosed);
    }

    /** A picture that was shown. */
    record Shown(long captureNanos, long receivedNanos, long bytes) {
    }

    private record Begun(Encoder.Frame frame, long begunNanos, long endBytes) {
    }

    private final List<Shown> shown = new ArrayList<>();
    private final Timeline time;
    private final Link link;
    private final Tcp tcp;
    private final Listener listener;
    private final Runnable needKeyframe;

    private final Deque<Encoder.Frame> queue = new ArrayDeque<>();
    private final Deque<Begun> unreceived = new ArrayDeque<>(); // at the viewer
    private final Deque<Begun> unreported = new ArrayDeque<>(); // as far as the server knows
    private boolean needsKeyframe;
    private long begunBytes;
    private long remaining; // of the frame that is being written
    private boolean grown;
    private long heardNanos;
    private Begun newest;
    private long newestNanos;
    private long leastDelayNanos = Long.MAX_VALUE;

    ViewerPath(Timeline time, Link link, CongestionControl control, Listener listener, Runnable needKeyframe) {
        this.time = time;
        this.link = link;
        this.listener = listener;
        this.needKeyframe = needKeyframe;
        tcp = new Tcp(time, link, control, SEND_BUFFER_BYTES, this::delivered, this::write);
        time.every(FEEDBACK_NANOS, this::sendFeedback);
    }

    List<Shown> shown() {
        return shown;
    }

    /** The viewer joins, and is sent what is kept for newcomers, however old. */
    void join(List<Encoder.Frame> kept) {
        queue.addAll(kept);
        write();
    }

    void offer(Encoder.Frame frame) {
        if (frame.keyframe()) {
            needsKeyframe = false;
        }
        if (!needsKeyframe) {
            queue.add(frame);
        }
        if (!queue.isEmpty() && time.now() - queue.peek().captureNanos() > MAX_LATENCY_NANOS) {
            skip();
        }
        if (needsKeyframe) {
            needKeyframe.run();
        }
        write();
    }

    private void skip() {
        Encoder.Frame last = null;
        for (Encoder.Frame frame : queue) {
            last = frame.keyframe() && frame != queue.peek() ? frame : last;
        }
        if (last == null) {
            queue.clear();
            needsKeyframe = true;
        } else {
            while (queue.peek() != last) {
                queue.remove();
            }
        }
    }

    private boolean windowClosed() {
        if (unreported.isEmpty()) {
            return false;
        }
        return grown && time.now() - unreported.peek().begunNanos() > WINDOW_NANOS
                || time.now() - heardNanos > FEEDBACK_NANOS + WINDOW_NANOS;
    }

    private void write() {
        while (true) {
            if (remaining > 0) {
                long taken = tcp.write(remaining);
                remaining -= taken;
                if (remaining > 0) {
                    return;
                }
            }
            if (queue.isEmpty() || windowClosed()) {
                return;
            }
            Encoder.Frame frame = queue.poll();
            begunBytes += frame.bytes();
            Begun begun = new Begun(frame, time.now(), begunBytes);
            unreceived.add(begun);
            unreported.add(begun);
            remaining = frame.bytes();
        }
    }

    private void delivered(long bytes) {
        boolean any = false;
        while (!unreceived.isEmpty() && unreceived.peek().endBytes() <= bytes) {
            newest = unreceived.poll();
            newestNanos = time.now();
            shown.add(new Shown(newest.frame().captureNanos(), newestNanos, newest.frame().bytes()));
            any = true;
        }
        if (any) {
            long delay = newestNanos - newest.frame().captureNanos();
            leastDelayNanos = Math.min(leastDelayNanos, delay);
            if (delay - leastDelayNanos > GROWN_NANOS) {
                sendFeedback();
            }
        }
    }

    private void sendFeedback() {
        Begun reported = newest;
        long receivedNanos = newestNanos;
        boolean delayGrown = reported != null && receivedNanos - reported.frame().captureNanos() - leastDelayNanos > GROWN_NANOS;
        time.in(link.delayNanos(), () -> hear(reported, receivedNanos, delayGrown));
    }

    private void hear(Begun reported, long receivedNanos, boolean delayGrown) {
        heardNanos = time.now();
        grown = delayGrown;
        if (reported == null) {
            return;
        }
        while (!unreported.isEmpty() && unreported.peek().endBytes() <= reported.endBytes()) {
            unreported.poll();
        }
        long waiting = queue.isEmpty() ? 0 : time.now() - queue.peek().captureNanos();
        listener.feedback(new RateSample(time.now(), receivedNanos, reported.endBytes(), receivedNanos - reported.begunNanos()),
                begunBytes - remaining, waiting, windowClosed());
        write();
    }
}

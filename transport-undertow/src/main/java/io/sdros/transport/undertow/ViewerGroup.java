package io.sdros.transport.undertow;

import io.sdros.fanout.Wakeup;
import io.sdros.fanout.WakeupGroup;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.function.Predicate;

/**
 * The viewers of one feed that one I/O thread serves: woken together, with at most one task in the thread's queue. Methods
 * are for that thread unless they say otherwise.
 *
 * <p>Going once over all of them is a pass. A thread that has viewers of other feeds too makes it in slices, each a task
 * of its own, so that however many viewers a feed has, another one's wait for no more than a slice of them.
 */
final class ViewerGroup {

    private static final ClientConnection[] NOBODY = {};

    /** So many viewers are written to before another feed's viewers are served; some 10 µs each. */
    static final int SLICE = 32;

    /**
     * Of so many viewers the objects are read before the first of them is written to. They have left the cache since the
     * last pass, and each leads to the next: ten misses of 0.1 µs, one after the other. The processor takes several viewers'
     * at the same time if nothing comes between.
     */
    private static final int PREFETCHED_TOGETHER = 8;

    /**
     * After a pass with telemetry alone the thread is not woken for telemetry for so many times as long: a flood of it is
     * to leave most of the thread to video, which goes out meanwhile with what telemetry there is.
     */
    private static final int REST_PER_NANO_SPENT = 3;
    /** The shortest rest: what a timer can tell. */
    private static final long MIN_REST_NANOS = 1_000_000;
    private static final long MAX_REST_NANOS = 20_000_000;

    private final EventLoop loop;
    private final WriteContext context;
    /** Also for what is not a message: a wake of this one is a pass. */
    private final WakeupGroup videoWakeups;
    private final WakeupGroup telemetryWakeups = new WakeupGroup(this::wakeForTelemetry);
    private final Runnable passTask = this::pass;
    private final Runnable sliceTask = this::sliceOrWakeAgain;

    /** Replaced, never changed, so that the publishing thread may walk over it; written by the I/O thread only. */
    private volatile ClientConnection[] viewers = NOBODY;
    private volatile boolean telemetryRests;
    private volatile boolean ended;

    /** Of the pass under way: how many viewers are left, and the next of them. */
    private int left;
    private int next;
    private long spentNanos;
    private long telemetryBefore;
    private long videoBefore;
    private int first;
    private int prefetched;

    /** @param drainInline asked by the publishing thread after each message: whether it has written all there was */
    ViewerGroup(EventLoop loop, Predicate<ViewerGroup> drainInline) {
        this.loop = loop;
        context = loop.newWriteContext();
        videoWakeups = new WakeupGroup(new Wakeup() {
            @Override
            public void wake() {
                loop.execute(passTask); // a thread that has stopped need not be asked again
            }

            @Override
            public boolean drainInline() {
                return drainInline.test(ViewerGroup.this);
            }
        });
        loop.add(this);
    }

    /** For the viewers' subscriptions to video. */
    WakeupGroup videoWakeups() {
        return videoWakeups;
    }

    /** For the viewers' subscriptions to telemetry. */
    WakeupGroup telemetryWakeups() {
        return telemetryWakeups;
    }

    EventLoop loop() {
        return loop;
    }

    /** The I/O thread's, with the counters of this feed. */
    WriteContext context() {
        return context;
    }

    /** Any thread: the viewers at this moment. Not to be changed. */
    ClientConnection[] viewers() {
        return viewers;
    }

    /** Any thread. */
    int size() {
        return viewers.length;
    }

    /** Any thread: whether one of them speaks sdr.2. */
    boolean speaksSdr2() {
        for (ClientConnection viewer : viewers) {
            if (viewer.speaksSdr2()) {
                return true;
            }
        }
        return false;
    }

    void add(ClientConnection viewer) {
        ClientConnection[] before = viewers;
        ClientConnection[] after = Arrays.copyOf(before, before.length + 1);
        after[before.length] = viewer;
        replace(after);
        loop.viewerAdded();
    }

    void remove(ClientConnection viewer) {
        ClientConnection[] before = viewers;
        int index = Arrays.asList(before).indexOf(viewer);
        if (index < 0) {
            return;
        }
        ClientConnection[] after = Arrays.copyOf(before, before.length - 1);
        System.arraycopy(before, index + 1, after, index, after.length - index);
        replace(after);
    }

    private void replace(ClientConnection[] after) {
        viewers = after;
        if (left > 0) {
            left = after.length; // their places have changed: once more all around, lest somebody is left out
        }
    }

    /** Any thread: closes all viewers, soon. There must come no more. */
    void end() {
        loop.execute(() -> {
            ended = true;
            for (ClientConnection viewer : viewers) {
                viewer.close(CloseRequest.REMOVED);
            }
        });
    }

    /** Any thread: whether it has ended and its last viewer has gone. */
    boolean over() {
        return ended && viewers.length == 0;
    }

    /** Any thread: lets all viewers write what they have, soon. */
    void wake() {
        videoWakeups.wake();
    }

    /** As {@link #wake}, unless telemetry rests and a wake is due at the end of that anyway. */
    private void wakeForTelemetry() {
        // The broadcaster has put a fence between its offers and this look at the rest; pairs with the one in endRest().
        if (!telemetryRests) {
            wake();
        }
    }

    /** The publishing thread: writes to the viewers right here; false if some of them only the I/O thread may write to. */
    boolean writeInline(WriteContext publisher) {
        ClientConnection[] now = viewers;
        boolean all = true;
        // The broadcaster has put a fence between its offers and this look at the viewers: one that is not among them yet
        // will, after it has entered itself, take its write claim (a read-modify-write, the partner of that fence) and find the
        // message.
        for (ClientConnection viewer : now) {
            if (viewer.anyThreadMayWrite()) {
                viewer.drain(publisher);
            } else {
                all = false;
            }
        }
        publisher.counters().pass();
        return all;
    }

    /** Begins a pass; if one is under way, for which there is a task, that goes once more all around. */
    private void pass() {
        // In this order: a wake-up for telemetry that comes in between finds its own flag still up and is served by what
        // follows. The other way round it would rely on the task that is just beginning and leave its flag up.
        videoWakeups.beginDrain();
        telemetryWakeups.beginDrain();
        int size = viewers.length;
        boolean underWay = left > 0;
        left = size;
        if (size == 0) {
            return;
        }
        if (underWay) {
            // Telemetry that comes faster than all can be gone around would otherwise keep one pass going for ever.
            restAfterTelemetryAlone();
            beginAccount();
            return;
        }
        context.counters().pass();
        first = (first + 1) % size; // nobody is always the last one
        next = first;
        beginAccount();
        sliceOrWakeAgain();
    }

    private void beginAccount() {
        spentNanos = 0;
        telemetryBefore = context.counters().telemetryMessages();
        videoBefore = context.counters().videoMessages();
    }

    private void restAfterTelemetryAlone() {
        if (context.counters().telemetryMessages() != telemetryBefore && context.counters().videoMessages() == videoBefore) {
            restFor(REST_PER_NANO_SPENT * spentNanos);
        }
    }

    private void sliceOrWakeAgain() {
        boolean done = false;
        try {
            slice();
            done = true;
        } finally {
            if (!done) {
                left = 0;
                wake(); // for those who were not looked at
            }
        }
    }

    private void slice() {
        ClientConnection[] now = viewers;
        int count = loop.servesOthers(this) ? Math.min(left, SLICE) : left;
        long startNanos = loop.nanoTime();
        int from = now.length == 0 ? 0 : next % now.length;
        int end = from + count;
        next = end;
        left -= count;
        drain(now, from, Math.min(end, now.length));
        drain(now, 0, end - now.length);
        spentNanos += loop.nanoTime() - startNanos;
        if (left > 0) {
            if (!loop.execute(sliceTask)) {
                left = 0; // the thread has stopped
            }
        } else {
            restAfterTelemetryAlone();
        }
    }

    private void drain(ClientConnection[] now, int from, int to) {
        for (int begin = from; begin < to; begin += PREFETCHED_TOGETHER) {
            int end = Math.min(begin + PREFETCHED_TOGETHER, to);
            int found = 0;
            for (int i = begin; i < end; i++) {
                found += now[i].prefetch();
            }
            prefetched = found; // used for nothing, but without it the compiler would leave the reads out
            for (int i = begin; i < end; i++) {
                now[i].drain(context);
            }
        }
    }

    private void restFor(long nanos) {
        if (telemetryRests) {
            return;
        }
        telemetryRests = true;
        boolean ends = false;
        try {
            ends = loop.executeAfterNanos(this::endRest, Math.min(Math.max(nanos, MIN_REST_NANOS), MAX_REST_NANOS));
        } finally {
            if (!ends) {
                telemetryRests = false;
            }
        }
    }

    private void endRest() {
        telemetryRests = false;
        VarHandle.fullFence(); // the flag before the queues are polled; pairs with the fence in wakeForTelemetry()
        wake();
    }
}

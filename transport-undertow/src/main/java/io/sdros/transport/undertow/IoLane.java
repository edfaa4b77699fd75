package io.sdros.transport.undertow;

import io.sdros.fanout.Wakeup;
import io.sdros.fanout.WakeupGroup;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * One I/O thread with its clients: wakes them all with at most one task in the thread's queue, runs their timers, and
 * owns the buffers they share. Methods are for the I/O thread unless they say otherwise.
 */
final class IoLane {

    private static final ClientConnection[] NO_CLIENTS = {};
    private static final int RECEIVE_BYTES = 16 * 1024;

    /**
     * So many clients are touched before the first of them is written to. A client's objects have left the cache since its
     * last turn, and each leads to the next: ten misses of 0.1 µs, one after the other. The processor takes several clients'
     * at the same time if nothing comes between.
     */
    private static final int GROUP = 8;

    /**
     * After a round of telemetry alone the thread is not woken for telemetry for so many times as long: a flood of it is
     * to leave most of the thread to video, which goes out meanwhile with what telemetry there is.
     */
    private static final int REST_PER_NANO_SPENT = 3;
    /** The shortest rest: what a timer can tell. */
    private static final long MIN_REST_NANOS = 1_000_000;
    private static final long MAX_REST_NANOS = 20_000_000;

    private final XnioIoThread thread;
    private final LongSupplier nanoClock;
    private final Writer writer = Writer.ofIoThread();
    private final ByteBuffer receiveBuffer = ByteBuffer.allocateDirect(RECEIVE_BYTES);
    private final WakeupGroup videoWakeups;
    private final WakeupGroup telemetryWakeups = new WakeupGroup(this::wakeForTelemetry);
    private final Runnable drainTask = this::drainAllOrWakeAgain;
    private final FailureLog failures;
    private volatile boolean telemetryRests;
    private final XnioExecutor.Key ticker;

    /** Replaced, never changed, so that the publishing thread may walk over it; written by the I/O thread only. */
    private volatile ClientConnection[] clients = NO_CLIENTS;
    private int firstClient;
    private int touched;

    /** @param drainInline by the thread that publishes video, after each message; whether it wrote all there was */
    IoLane(XnioIoThread thread, LongSupplier nanoClock, Duration tickInterval, Predicate<IoLane> drainInline) {
        this.thread = thread;
        videoWakeups = new WakeupGroup(new Wakeup() {
            @Override
            public void wake() {
                execute(drainTask); // a thread that has stopped need not be asked again
            }

            @Override
            public boolean drainInline() {
                return drainInline.test(IoLane.this);
            }
        });
        this.nanoClock = nanoClock;
        failures = new FailureLog(nanoClock);
        ticker = thread.executeAtInterval(this::tick, tickInterval.toMillis(), TimeUnit.MILLISECONDS);
    }

    Writer writer() {
        return writer;
    }

    /** Any thread. */
    FailureLog failures() {
        return failures;
    }

    ByteBuffer receiveBuffer() {
        return receiveBuffer.clear();
    }

    /** Any thread: the clients at this moment. Not to be changed. */
    ClientConnection[] clients() {
        return clients;
    }

    void add(ClientConnection client) {
        ClientConnection[] before = clients;
        ClientConnection[] after = Arrays.copyOf(before, before.length + 1);
        after[before.length] = client;
        clients = after;
    }

    void remove(ClientConnection client) {
        ClientConnection[] before = clients;
        int index = Arrays.asList(before).indexOf(client);
        if (index < 0) {
            return;
        }
        ClientConnection[] after = Arrays.copyOf(before, before.length - 1);
        System.arraycopy(before, index + 1, after, index, after.length - index);
        clients = after;
    }

    /** For the clients' subscriptions to video. */
    WakeupGroup videoWakeups() {
        return videoWakeups;
    }

    /** For the clients' subscriptions to telemetry. */
    WakeupGroup telemetryWakeups() {
        return telemetryWakeups;
    }

    /** Any thread: lets all clients write what they have, soon. */
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

    /** Any thread: false when the thread has stopped, and with it all its clients. */
    boolean execute(Runnable task) {
        try {
            thread.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    void executeAfter(Runnable task, long millis) {
        thread.executeAfter(task, millis, TimeUnit.MILLISECONDS);
    }

    /** Any thread. */
    void stopTimers() {
        ticker.remove();
    }

    private void drainAllOrWakeAgain() {
        // In this order: a wake-up for telemetry that comes in between finds its own flag still up and is served by
        // what follows. The other way round it would rely on the task that is just beginning and leave its flag up.
        videoWakeups.beginDrain();
        telemetryWakeups.beginDrain();
        boolean done = false;
        try {
            drainAll();
            done = true;
        } finally {
            if (!done) {
                wake(); // for those who were not looked at
            }
        }
    }

    private void drainAll() {
        ClientConnection[] now = clients;
        if (now.length == 0) {
            return;
        }
        long startNanos = nanoClock.getAsLong();
        long telemetryBefore = writer.counters().telemetryMessages();
        long videoBefore = writer.counters().videoMessages();
        firstClient = (firstClient + 1) % now.length; // nobody is always the last one
        drain(now, firstClient, now.length);
        drain(now, 0, firstClient);
        if (writer.counters().telemetryMessages() != telemetryBefore && writer.counters().videoMessages() == videoBefore) {
            restFor(REST_PER_NANO_SPENT * (nanoClock.getAsLong() - startNanos));
        }
    }

    private void drain(ClientConnection[] now, int from, int to) {
        for (int begin = from; begin < to; begin += GROUP) {
            int end = Math.min(begin + GROUP, to);
            int touch = 0;
            for (int i = begin; i < end; i++) {
                touch += now[i].touch();
            }
            touched = touch; // used for nothing, but without it the compiler would leave the touching out
            for (int i = begin; i < end; i++) {
                now[i].drain(writer);
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
            thread.executeAfter(this::endRest, Math.min(Math.max(nanos, MIN_REST_NANOS), MAX_REST_NANOS), TimeUnit.NANOSECONDS);
            ends = true;
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

    private void tick() {
        long nowNanos = nanoClock.getAsLong();
        for (ClientConnection client : clients) {
            client.tickOrEnd(nowNanos);
        }
        writer.forget();
    }
}

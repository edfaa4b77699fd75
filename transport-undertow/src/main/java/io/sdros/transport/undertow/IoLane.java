package io.sdros.transport.undertow;

import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

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

    private final XnioIoThread thread;
    private final LongSupplier nanoClock;
    private final Writer writer = Writer.ofIoThread();
    private final ByteBuffer receiveBuffer = ByteBuffer.allocateDirect(RECEIVE_BYTES);
    private final Wakeup wakeup = new Wakeup(this::execute, this::drainAll);
    private final FailureLog failures;
    private final XnioExecutor.Key ticker;

    /** Replaced, never changed, so that the publishing thread may walk over it; written by the I/O thread only. */
    private volatile ClientConnection[] clients = NO_CLIENTS;
    private int firstClient;
    private int touched;

    IoLane(XnioIoThread thread, LongSupplier nanoClock, Duration tickInterval) {
        this.thread = thread;
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

    /** Any thread: lets all clients write what they have, soon. */
    void wake() {
        wakeup.wake();
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

    private void drainAll() {
        ClientConnection[] now = clients;
        if (now.length == 0) {
            return;
        }
        firstClient = (firstClient + 1) % now.length; // nobody is always the last one
        drain(now, firstClient, now.length);
        drain(now, 0, firstClient);
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

    private void tick() {
        long nowNanos = nanoClock.getAsLong();
        for (ClientConnection client : clients) {
            client.tickOrEnd(nowNanos);
        }
        writer.forget();
    }
}
